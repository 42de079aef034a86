import { type Call, type Client, type Disconnect, Emitter, OffhookError } from '@offhook/client';
import { Line } from './line.ts';

/** Events of a {@link Desk}. */
export interface DeskEvents {
  /** Calls came, went or became something else, or another one is looked at. */
  changed: [];
  /** A call rings here, is placed, or goes on after the page was loaded again. */
  began: [Line];
  ended: [Line, Disconnect];
  /** What was asked of a call was refused. */
  refused: [OffhookError];
}

/** All calls of the page. One of them at most is talked in; the one that is looked at has the large view. */
export class Desk extends Emitter<DeskEvents> {
  readonly #client: Client;
  #lines: Line[] = [];
  #selected: Line | undefined;

  constructor(client: Client) {
    super();
    this.#client = client;
    client.on('attached', (call) => this.#add(call, 'looked at'));
  }

  /** In the order in which they began. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** The one that is looked at; undefined while a number is dialled. */
  get selected(): Line | undefined {
    return this.#selected;
  }

  /** Those that ring here. */
  get ringing(): Line[] {
    return this.#lines.filter(({ ringsHere }) => ringsHere);
  }

  /** Those that were placed or taken. */
  get taken(): Line[] {
    return this.#lines.filter(({ ringsHere }) => !ringsHere);
  }

  /** The one that matters most: looked at, talked in, or ringing. */
  get front(): Line | undefined {
    return this.#selected ?? this.taken.find(({ isActive }) => isActive) ?? this.taken[0] ?? this.ringing[0];
  }

  /** Calls somebody; whoever was talked to is put on hold. */
  dial(to: string): void {
    const line = this.#add(this.#client.connect({ to }), 'looked at');
    this.#holdOthers(line);
  }

  /** Takes in a call that rings. */
  ring(call: Call): void {
    this.#add(call, 'in the background');
  }

  answer(line: Line): void {
    this.#holdOthers(line);
    this.#selected = line;
    line.call.accept();
    this.emit('changed');
  }

  /** Hangs up; a call that still rings here is declined by that. */
  end(line: Line): void {
    line.ender = 'me';
    line.call.disconnect();
  }

  hold(line: Line): void {
    this.ask(line.hold());
  }

  /** Talks in this call again; the one before is put on hold. */
  resume(line: Line): void {
    this.#holdOthers(line);
    this.#selected = line;
    this.ask(line.resume());
    this.emit('changed');
  }

  /** Puts a call on hold, or takes it up again. */
  turn(line: Line): void {
    if (!line.isOpen) return;
    if (line.held) this.resume(line);
    else this.hold(line);
  }

  /** Looks at a call, or with undefined at the number to dial. */
  select(line: Line | undefined): void {
    if (this.#selected === line) return;
    this.#selected = line;
    this.emit('changed');
  }

  /** Looks at the next of those that were placed or taken, round and round. */
  selectNext(): void {
    const { taken } = this;
    const at = this.#selected ? taken.indexOf(this.#selected) : -1;
    if (taken.length > 0) this.select(taken[(at + 1) % taken.length]);
  }

  /** Waits for what was asked of a call, and tells when it is refused. */
  ask(request: Promise<void>): void {
    request.catch((error: unknown) => {
      if (error instanceof OffhookError) this.emit('refused', error);
    });
  }

  #add(call: Call, place: 'looked at' | 'in the background'): Line {
    const line = new Line(call);
    this.#lines.push(line);
    if (place === 'looked at') this.#selected = line;
    line.on('opened', () => this.#opened(line));
    line.on('changed', () => this.emit('changed'));
    line.on('ended', (end) => this.#remove(line, end));
    this.emit('began', line);
    this.emit('changed');
    return line;
  }

  // Who is called while somebody else is talked to waits for the user's choice.
  #opened(line: Line): void {
    const talking = this.#lines.some((other) => other !== line && other.isActive);
    if (line === this.#selected || !talking) this.#holdOthers(line);
    else this.hold(line);
  }

  #holdOthers(line: Line): void {
    for (const other of this.#lines) if (other !== line && other.isActive && other.transfer === null) this.hold(other);
  }

  #remove(line: Line, end: Disconnect): void {
    this.#lines = this.#lines.filter((one) => one !== line);
    if (this.#selected === line) this.#selected = this.taken.find(({ isActive }) => isActive) ?? this.taken[0];
    this.emit('ended', line, end);
    this.emit('changed');
  }
}
