/** Calls that ended, as the gateway tells them. */
export const CDRS = {
  next_cursor: '7',
  data: [
    record(1, 'outbound', { to: '+4930123456', answered_at: '2026-01-15T10:00:05.000Z', talk_ms: 65_000, cause: 'normal', ended_by: 'caller' }),
    record(2, 'inbound', { from: '+442071234567', cause: 'canceled', ended_by: 'caller' }),
    record(3, 'inbound', { from: '+12025550143', answered_at: '2026-01-15T10:00:03.000Z', talk_ms: 3_605_000, cause: 'normal', ended_by: 'callee' }),
    record(4, 'outbound', { to: '+4989555', cause: 'busy', ended_by: 'callee', sip_code: 486 }),
  ],
};

/** What happened in the first of them. */
export const EVENTS = {
  next_cursor: null,
  data: [
    event(0, 'call.initiated'),
    event(400, 'call.ringing'),
    event(5_000, 'call.answered'),
    event(9_000, 'call.held', { by: 'user' }),
    event(20_000, 'call.unheld', { by: 'user' }),
    event(31_000, 'call.dtmf', { digit: '5', duration_ms: 100, from: 'callee' }),
    event(70_000, 'call.ended', { by: 'caller', cause: 'normal' }),
  ],
};

function record(number: number, direction: 'inbound' | 'outbound', more: object): object {
  return {
    call: `call_00000000-0000-7000-8000-00000000000${number}`,
    direction,
    state: 'completed',
    from: '+4930100',
    to: '+4930100',
    user: 'alice',
    trunk: 'carrier',
    created_at: '2026-01-15T10:00:00.000Z',
    ended_at: '2026-01-15T10:01:10.000Z',
    duration_ms: 70_000,
    talk_ms: 0,
    ...more,
  };
}

function event(afterMs: number, type: string, data: object = {}): object {
  return { at: new Date(Date.parse('2026-01-15T10:00:00.000Z') + afterMs).toISOString(), type, data };
}
