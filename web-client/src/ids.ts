/** A UUID of version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits. */
export function uuidv7(now: number, random: Uint8Array): string {
  const bytes = Uint8Array.from(random.subarray(0, 16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) & 0xff;
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A new call id. The client chooses it, so that a lost reply cannot orphan a call. */
export function newCallId(): string {
  return `call_${uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(16)))}`;
}
