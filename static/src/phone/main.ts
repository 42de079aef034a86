import { Client, type OffhookError, type Welcome } from '@offhook/client';
import '../elements/define.ts';
import { CheckView } from '../check/check-view.ts';
import { SoundView } from '../check/sound-view.ts';
import { HistoryView } from '../history/history-view.ts';
import { Past } from '../history/past.ts';
import { Rest } from '../history/rest.ts';
import { SessionLog } from '../history/session-log.ts';
import { Settings } from '../settings/settings.ts';
import { SettingsView, mayNotify } from '../settings/settings-view.ts';
import { Alerts } from './alerts.ts';
import { CallView } from './call-view.ts';
import { showDemo } from './demo.ts';
import { Desk } from './desk.ts';
import { DialView } from './dial-view.ts';
import { byId, setState } from './dom.ts';
import { IncomingView } from './incoming-view.ts';
import { Keyboard } from './keyboard.ts';
import type { Line } from './line.ts';
import { LinesView } from './lines-view.ts';
import { CONNECTION, failure, notHandedOver, noticeAfter, toClock } from './messages.ts';
import { MiniPhone } from './mini-phone.ts';
import { type PageName, Pages } from './pages.ts';
import { QualityView } from './quality-view.ts';
import { RecentView } from './recent-view.ts';
import { TokenSource } from './token.ts';
import { Tones } from './tones.ts';

const TITLES: Readonly<Record<PageName, string>> = {
  phone: 'Offhook',
  history: 'History \u2013 Offhook',
  devices: 'Devices \u2013 Offhook',
  settings: 'Settings \u2013 Offhook',
};

/** The desk: one client, its calls, and the views that show them. */
class Phone {
  readonly #tokens = new TokenSource();
  readonly #tones = new Tones();
  readonly #settings = new Settings();
  readonly #client = new Client({
    url: new URL('v1/rtc', location.href).href,
    getToken: () => this.#tokens.next(),
  });
  readonly #desk = new Desk(this.#client);
  readonly #pages = new Pages((page) => this.#turned(page));
  readonly #dial = new DialView({
    call: (to) => this.#place(to),
    key: (key) => this.#tones.key(key),
  });
  readonly #callView = new CallView({
    end: (line) => this.#desk.end(line),
    turn: (line) => this.#desk.turn(line),
    addCall: () => this.#desk.select(undefined),
    digitSent: (digit) => this.#tones.key(digit),
    ask: (request) => this.#desk.ask(request),
  });
  readonly #alerts = new Alerts(this.#desk, this.#tones, this.#client.devices, () => this.#settings.choices.notify && mayNotify());
  readonly #quality = new QualityView();
  readonly #sound = new SoundView(this.#client.devices, this.#tones);
  readonly #log = new SessionLog();
  readonly #history = new HistoryView(new Past(new Rest(this.#tokens), this.#log), (to) => this.#place(to));
  #refusal: OffhookError | undefined;

  start(): void {
    this.#addViews();
    this.#listen();
    for (const gesture of ['pointerdown', 'keydown'] as const) {
      addEventListener(gesture, () => this.#tones.unlock(), { capture: true });
    }
    byId('sign-out').addEventListener('click', () => this.#signOut());
    byId('new-call').addEventListener('click', () => this.#desk.select(undefined));
    setInterval(() => this.#showBar(), 500);
    this.#pages.start();
    this.#dial.show();
    this.#register();
  }

  #addViews(): void {
    new IncomingView(this.#desk, {
      answer: (line) => this.#answer(line),
      decline: (line) => this.#desk.end(line),
      silence: (line) => this.#silence(line),
    });
    new LinesView(this.#desk);
    new RecentView(this.#desk, (to) => this.#place(to));
    new MiniPhone(this.#desk);
    new SettingsView(this.#settings);
    new CheckView(this.#client, this.#settings);
    new Keyboard(this.#settings, {
      answer: () => this.#withRinging((line) => this.#answer(line)),
      end: () => this.#withFront((line) => this.#desk.end(line)),
      mute: () => this.#withFront(({ call }) => call.mute(!call.muted)),
      hold: () => this.#withFront((line) => this.#desk.turn(line)),
      keypad: () => this.#callView.togglePad(),
      transfer: () => this.#callView.toggleTransfer(),
      'new-call': () => this.#newCall(),
      'next-call': () => this.#desk.selectNext(),
      silence: () => this.#desk.ringing.forEach((line) => this.#silence(line)),
    });
  }

  #listen(): void {
    this.#client.on('stateChanged', (state) => this.#showConnection(state));
    this.#client.on('error', (error) => (this.#refusal = error));
    this.#client.on('incoming', (call) => {
      const busy = this.#settings.choices.oneCall && this.#desk.lines.length > 0;
      if (busy) call.reject('busy');
      else this.#desk.ring(call);
    });
    this.#client.on('deviceChange', (list) => this.#sound.show(list));
    this.#desk.on('began', (line) => this.#began(line));
    this.#desk.on('changed', () => this.#show());
    this.#desk.on('refused', (error) => this.#dial.notify(failure(error)));
    this.#desk.on('ended', (line, end) => {
      setState('cause', end.cause);
      this.#dial.notify(noticeAfter(line, end));
      if (end.cause === 'busy' && line.call.direction === 'outbound') this.#tones.busy();
    });
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
    if (welcome) this.#welcomed(welcome);
    if (state === 'offline') this.#refused();
  }

  #welcomed({ user, demo }: Welcome): void {
    if (demo) showDemo((to) => this.#place(to));
    byId('you').hidden = demo;
    byId('who').textContent = `Signed in as ${user}.`;
    if (this.#refusal) this.#dial.notify(null);
    this.#refusal = undefined;
  }

  // Ends what calls there are; the page that is loaded then asks for a token.
  #signOut(): void {
    this.#tokens.forget();
    this.#client.destroy();
    location.reload();
  }

  #place(to: string): void {
    this.#pages.open('phone');
    this.#dial.fill(to);
    this.#dial.notify(null);
    this.#desk.dial(to);
  }

  #answer(line: Line): void {
    this.#pages.open('phone');
    this.#dial.notify(null);
    this.#desk.answer(line);
  }

  #newCall(): void {
    this.#pages.open('phone');
    this.#desk.select(undefined);
    byId('number').focus();
  }

  #silence(line: Line): void {
    line.silenced = true;
    this.#alerts.update();
  }

  #withRinging(act: (line: Line) => void): void {
    const [line] = this.#desk.ringing;
    if (line) act(line);
  }

  #withFront(act: (line: Line) => void): void {
    const line = this.#desk.front;
    if (line) act(line);
  }

  #began(line: Line): void {
    this.#log.follow(line, this.#client.welcome?.user ?? '');
    setState('cause', null);
    setState('direction', line.call.direction);
    setState('early', null);
    line.call.on('ringing', (early) => setState('early', String(early)));
    line.on('opened', () => void this.#sound.refresh());
    line.on('returned', (progress) => this.#dial.notify(notHandedOver(progress, line.peer)));
    line.on('digit', (digit) => setState('lastDigit', digit));
  }

  #show(): void {
    const { selected, front } = this.#desk;
    setState('callState', front?.call.state ?? 'idle');
    setState('muted', String(front?.call.muted ?? false));
    if (selected) {
      this.#dial.hide();
      this.#callView.show(selected);
    } else {
      this.#callView.hide();
      this.#dial.show();
    }
    this.#quality.show(selected);
    this.#showBar();
  }

  // Beside another page, the call that goes on is one line with the way back.
  #showBar(): void {
    const { front } = this.#desk;
    const bar = byId('call-bar');
    bar.hidden = this.#pages.page === 'phone' || !front || front.ringsHere;
    if (bar.hidden || !front) return;
    bar.textContent = `${front.seconds === null ? 'Calling' : toClock(front.seconds)} \u00b7 ${front.peer}. Back to the call`;
  }

  #turned(page: PageName): void {
    this.#showBar();
    this.#alerts.name(TITLES[page]);
    if (page === 'history') void this.#history.open();
    if (page === 'devices') void this.#sound.refresh();
    else this.#sound.rest();
  }
}

new Phone().start();
