import { type Call, Client, type OffhookError } from '@offhook/client';
import { CallView } from './call-view.ts';
import { allowDemo, showDemo } from './demo.ts';
import { DialView } from './dial-view.ts';
import { byId, setState } from './dom.ts';
import { IncomingView } from './incoming-view.ts';
import { CONNECTION, type Ender, afterCall, failure } from './messages.ts';
import { SoundView } from './sound-view.ts';
import { TokenSource } from './token.ts';
import { Tones } from './tones.ts';

/** The phone: one client, at most one call, and the views that show them. */
class Phone {
  readonly #tokens = new TokenSource();
  readonly #tones = new Tones();
  readonly #client = new Client({
    url: new URL('v1/rtc', location.href).href,
    getToken: () => this.#tokens.next(),
    createAudioElement: () => byId<HTMLAudioElement>('far-side'),
  });
  readonly #dial = new DialView({
    call: (to) => this.#place(to),
    key: (key) => this.#tones.key(key),
  });
  readonly #callView = new CallView({
    hangup: (call) => this.#end(call),
    digitSent: (digit) => this.#tones.key(digit),
  });
  readonly #incoming = new IncomingView({
    answer: (call) => this.#answer(call),
    decline: (call) => this.#end(call),
    silence: () => this.#tones.stop(),
  });
  readonly #sound = new SoundView(this.#client.devices);
  #call: Call | undefined;
  #error: OffhookError | undefined;
  #ender: Ender = 'them';
  #refusal: OffhookError | undefined;

  start(): void {
    this.#client.on('stateChanged', (state) => this.#showConnection(state));
    this.#client.on('error', (error) => (this.#refusal = error));
    this.#client.on('incoming', (call) => this.#ring(call));
    this.#client.on('attached', (call) => this.#take(call));
    this.#client.on('deviceChange', (list) => this.#sound.show(list));
    for (const gesture of ['pointerdown', 'keydown'] as const) {
      addEventListener(gesture, () => this.#tones.unlock(), { capture: true });
    }
    this.#dial.show();
    this.#register();
  }

  // Only a refusal ends the client's own attempts; what to do then depends on the refusal.
  #refused(): void {
    const error = this.#refusal;
    if (!error) return;
    this.#dial.notify(failure(error));
    if (error.code.startsWith('token-') && this.#tokens.forget()) this.#register();
  }

  #register(): void {
    this.#client.register().catch(() => undefined);
  }

  #showConnection(state: string): void {
    setState('connection', state);
    const welcome = this.#client.welcome;
    byId('status-text').textContent = welcome ? `Ready as ${welcome.user}` : (CONNECTION[state] ?? state);
    if (welcome?.demo) showDemo((to) => this.#place(to));
    if (welcome?.demo) allowDemo(!this.#call);
    if (state === 'offline') this.#refused();
  }

  #place(to: string): void {
    if (this.#call) return;
    this.#dial.fill(to);
    this.#take(this.#client.connect({ to }));
  }

  #ring(call: Call): void {
    if (this.#call) return call.reject('busy');
    this.#call = call;
    this.#watch(call);
    allowDemo(false);
    this.#incoming.show(call);
    this.#tones.ring(this.#client.devices.ringer);
  }

  #answer(call: Call): void {
    this.#tones.stop();
    this.#incoming.hide();
    this.#show(call);
    call.accept();
  }

  // A call that still rings here is declined by that.
  #end(call: Call): void {
    this.#ender = 'me';
    call.disconnect();
  }

  #take(call: Call): void {
    this.#call = call;
    this.#watch(call);
    this.#show(call);
  }

  #show(call: Call): void {
    this.#dial.hide();
    allowDemo(false);
    this.#callView.show(call);
  }

  #watch(call: Call): void {
    this.#error = undefined;
    this.#ender = 'them';
    setState('cause', null);
    setState('direction', call.direction);
    setState('callState', call.state);
    setState('early', null);
    call.on('stateChanged', (state) => setState('callState', state));
    call.on('ringing', (early) => this.#ringback(early));
    call.on('accept', () => this.#opened());
    call.on('error', (error) => (this.#error = error));
    call.on('disconnect', (end) => {
      const seconds = call.answeredAt === null ? null : (Date.now() - call.answeredAt) / 1000;
      setState('cause', end.cause);
      const past = { direction: call.direction, ender: this.#ender, seconds };
      this.#ended(this.#error ? failure(this.#error) : afterCall(end, past));
      if (end.cause === 'busy' && call.direction === 'outbound') this.#tones.busy();
    });
  }

  #ringback(early: boolean): void {
    setState('early', String(early));
    const call = this.#call;
    const faraway = call?.direction === 'outbound' || call?.state === 'connecting';
    if (early) this.#tones.stop();
    else if (faraway) this.#tones.ringback(this.#client.devices.speaker);
  }

  #opened(): void {
    this.#tones.stop();
    void this.#sound.refresh();
  }

  #ended(notice: Parameters<DialView['notify']>[0]): void {
    this.#tones.stop();
    this.#call = undefined;
    this.#incoming.hide();
    this.#callView.hide();
    allowDemo(true);
    setState('callState', 'idle');
    this.#dial.show();
    this.#dial.notify(notice);
  }
}

new Phone().start();
