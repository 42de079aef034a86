import type { Platform } from './platform.ts';

/** A microphone or loudspeaker the browser knows. The label is empty until a microphone was allowed. */
export interface Device {
  id: string;
  label: string;
  /** The same for the parts of one headset. */
  group: string;
}

/** What a device is chosen for. */
export type Use = 'microphone' | 'speaker' | 'ringer';

/** The system's own choice. */
export const SYSTEM: Device = { id: '', label: '', group: '' };

const KEY = 'offhook.devices';

/** The device that was chosen, among those that are there now: ids and groups change, the name stays longest. */
export function findAgain(wanted: Device, devices: readonly Device[]): Device | undefined {
  const named = devices.filter(({ label }) => label !== '' && label === wanted.label);
  return (
    devices.find(({ id }) => id === wanted.id) ?? named.find(({ group }) => group === wanted.group) ?? named[0]
  );
}

/** Keeps the choice of devices for the next visit. */
export class DeviceMemory {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  recall(): Partial<Record<Use, Device>> {
    try {
      const kept: unknown = JSON.parse(this.#platform.deviceStorage()?.getItem(KEY) ?? '{}');
      const entries = Object.entries((kept ?? {}) as Record<string, unknown>).filter(([, device]) => isDevice(device));
      return Object.fromEntries(entries);
    } catch {
      return {};
    }
  }

  keep(chosen: Record<Use, Device>): void {
    try {
      this.#platform.deviceStorage()?.setItem(KEY, JSON.stringify(chosen));
    } catch {
      // A full store costs no more than the choice of the next visit.
    }
  }
}

function isDevice(value: unknown): value is Device {
  const { id, label, group } = (value ?? {}) as Partial<Device>;
  return [id, label, group].every((part) => typeof part === 'string');
}
