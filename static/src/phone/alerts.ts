import type { Devices } from '@offhook/client';
import type { Desk } from './desk.ts';
import { byId } from './dom.ts';
import type { Line } from './line.ts';
import type { Tones } from './tones.ts';

/** What sounds while nobody speaks. */
export type Sounding = 'ring' | 'waiting' | 'ringback' | 'nothing';

/** What is to sound for these calls. */
export function soundFor(lines: readonly Line[]): Sounding {
  const rings = lines.some((line) => line.ringsHere && !line.silenced);
  if (rings) return lines.some(({ isActive }) => isActive) ? 'waiting' : 'ring';
  const calling = lines.some((line) => line.farRings && !line.call.early && line.call.answeredAt === null);
  return calling ? 'ringback' : 'nothing';
}

/** Makes calls noticed: ring tone, title of the tab, notification, and a word to screen readers. */
export class Alerts {
  readonly #desk: Desk;
  readonly #tones: Tones;
  readonly #devices: Devices;
  readonly #mayNotify: () => boolean;
  #title = document.title;
  readonly #notes = new Map<Line, Notification>();
  #sounding: Sounding = 'nothing';

  constructor(desk: Desk, tones: Tones, devices: Devices, mayNotify: () => boolean) {
    this.#desk = desk;
    this.#tones = tones;
    this.#devices = devices;
    this.#mayNotify = mayNotify;
    desk.on('began', (line) => line.ringsHere && this.#tell(line));
    desk.on('changed', () => this.update());
  }

  /** Sounds and shows what the calls ask for. */
  update(): void {
    const { lines, ringing, front } = this.#desk;
    this.#sound(soundFor(lines));
    const [caller] = ringing;
    const more = ringing.length > 1 ? ` and ${ringing.length - 1} more` : '';
    const call = front ? `${front.peer} \u2013 ${this.#title}` : this.#title;
    document.title = caller ? `Incoming call: ${caller.peer}${more}` : call;
    for (const [line, note] of this.#notes) if (!ringing.includes(line)) this.#takeBack(line, note);
  }

  /** Names the tab while no call does. */
  name(title: string): void {
    this.#title = title;
    this.update();
  }

  /** Says something to screen readers, after what they are saying now. */
  say(words: string): void {
    byId('announcer').textContent = words;
  }

  #tell(line: Line): void {
    this.say(`Incoming call from ${line.peer}`);
    if (!document.hidden || !this.#mayNotify()) return;
    const note = new Notification(`Incoming call: ${line.peer}`, { body: line.detail, tag: line.call.id, requireInteraction: true });
    note.onclick = () => focus();
    this.#notes.set(line, note);
  }

  #takeBack(line: Line, note: Notification): void {
    note.close();
    this.#notes.delete(line);
  }

  #sound(sounding: Sounding): void {
    if (sounding === this.#sounding) return;
    this.#sounding = sounding;
    if (sounding === 'ring') this.#tones.ring(this.#devices.ringer);
    else if (sounding === 'waiting') this.#tones.waiting(this.#devices.speaker);
    else if (sounding === 'ringback') this.#tones.ringback(this.#devices.speaker);
    else this.#tones.stop();
  }
}
