import { after } from 'node:test';
import { Client, type ClientOptions } from '../src/client.ts';
import type { Call } from '../src/call.ts';
import { FakeMedia, type FakePage, FakePeer, FakeSocket, WELCOME, fakePlatform, settle } from './fakes.ts';

/** A registered client, the far end of its socket and its devices. */
export interface Wired {
  client: Client;
  socket: FakeSocket;
  media: FakeMedia;
}

const clients: Client[] = [];
// Timers of a client that lives on would keep the test process alive.
after(() => clients.forEach((client) => client.destroy()));

/** A client of a fake browser. */
export function newClient(options: Partial<ClientOptions> = {}): Client {
  const platform = fakePlatform();
  const client = new Client({ url: 'https://gw.test/v1/rtc', token: 't', platform, ...options });
  clients.push(client);
  return client;
}

/** Opens the newest socket and welcomes the client on it. */
export async function welcome(data: object = {}, seq = 1): Promise<FakeSocket> {
  await settle();
  const socket = FakeSocket.all.at(-1)!;
  socket.open();
  await settle();
  const id = socket.last('hello')?.id;
  socket.deliver({ type: 'welcome', id, seq, data: { ...WELCOME, ...data } });
  await settle();
  return socket;
}

/** A client that is online and registered. */
export async function registered(options: Partial<ClientOptions> = {}, page?: FakePage): Promise<Wired> {
  const media = new FakeMedia();
  const client = newClient({ platform: fakePlatform(media, page), ...options });
  const registering = client.register();
  const socket = await welcome();
  await registering;
  return { client, socket, media };
}

/** Records every event of a call as `name argument...`. */
export function record(call: Call): string[] {
  const seen: string[] = [];
  const names = [
    'stateChanged',
    'ringing',
    'accept',
    'reject',
    'cancel',
    'mute',
    'dtmf',
    'warning',
    'reconnecting',
    'reconnected',
  ] as const;
  for (const name of names) {
    call.on(name, (...args: unknown[]) => void seen.push([name, ...args].join(' ')));
  }
  call.on('error', ({ code }) => void seen.push(`error ${code}`));
  call.on('disconnect', ({ by, cause }) => void seen.push(`disconnect ${by} ${cause}`));
  return seen;
}

/** An outbound call whose `call.start` has been taken. */
export async function dialled(wired: Wired, to = '600'): Promise<{ call: Call; seen: string[]; peer: FakePeer }> {
  const call = wired.client.connect({ to });
  const seen = record(call);
  await settle();
  wired.socket.ok('call.start');
  await settle();
  return { call, seen, peer: FakePeer.all.at(-1)! };
}

/** An outbound call that was answered, and whose sound flows. */
export async function talking(wired: Wired): Promise<{ call: Call; seen: string[]; peer: FakePeer }> {
  const dial = await dialled(wired);
  const { call, peer } = dial;
  wired.socket.deliver({ type: 'call.description', seq: 4, call: call.id, data: { type: 'answer', sdp: 'v=0' } });
  wired.socket.deliver({ type: 'call.answered', seq: 5, call: call.id, data: {} });
  await settle();
  peer.become('connected');
  dial.seen.length = 0;
  return dial;
}

/** An inbound call that rings. */
export async function rung(wired: Wired): Promise<{ call: Call; seen: string[]; id: string }> {
  const id = `call_00000000-0000-7000-8000-00000000000${1 + wired.client.calls.length}`;
  let call: Call | undefined;
  wired.client.once('incoming', (incoming) => (call = incoming));
  wired.socket.deliver({
    type: 'call.incoming',
    seq: 2,
    call: id,
    data: { from: '+15550100', from_name: 'Bob', to: 'alice', state: 'ringing' },
  });
  return { call: call!, seen: record(call!), id };
}
