import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FakeLocks, FakeMedia, FakePage, FakeSocket, WELCOME, fakePlatform, settle } from './fakes.ts';
import { SharedClient } from '../src/shared.ts';
import { welcome } from './wiring.ts';

const CALL = 'call_00000000-0000-7000-8000-0000000000aa';
const open: SharedClient[] = [];
after(() => open.forEach((one) => one.close()));

/** A browser with several tabs: one set of locks, one channel. */
class Browser {
  readonly locks = new Locks();
  readonly #ears = new Set<{ onmessage: ((event: { data: unknown }) => void) | null }>();

  tab(): Tab {
    const id = {};
    const platform = {
      ...fakePlatform(new FakeMedia(), new FakePage()),
      locks: () => this.locks.of(id),
      createChannel: () => this.#channel(),
    };
    const client = new SharedClient({ url: 'wss://gw.test/v1/rtc', token: 't', platform: platform as never });
    open.push(client);
    return { client, crash: () => this.locks.drop(id) };
  }

  #channel(): object {
    const ear = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of this.#ears) if (other !== ear) other.onmessage?.({ data: structuredClone(data) });
      },
      close: () => this.#ears.delete(ear),
    };
    this.#ears.add(ear);
    return ear;
  }
}

interface Tab {
  client: SharedClient;
  /** The tab is closed, or its process dies: its locks are free. */
  crash(): void;
}

/** Locks that a tab loses when it dies. */
class Locks {
  readonly #owners = new Map<object, (() => void)[]>();
  readonly #locks = new FakeLocks();

  of(owner: object): unknown {
    return {
      request: (name: string, ...rest: unknown[]) => {
        const take = rest.at(-1) as () => Promise<unknown>;
        const dead = new Promise<void>((resolve) => {
          this.#owners.set(owner, [...(this.#owners.get(owner) ?? []), resolve]);
        });
        return this.#locks.request(name, ...rest.slice(0, -1), () => Promise.race([take(), dead]));
      },
    };
  }

  drop(owner: object): void {
    for (const free of this.#owners.get(owner) ?? []) free();
  }
}

async function twoTabs() {
  const browser = new Browser();
  const first = browser.tab();
  const socket = await welcome();
  const second = browser.tab();
  await settle();
  return { browser, first, second, socket };
}

test('one tab leads and connects, the other mirrors it', async () => {
  const before = FakeSocket.all.length;
  const { first, second } = await twoTabs();
  assert.deepEqual([first.client.role, second.client.role], ['leader', 'follower']);
  assert.equal(FakeSocket.all.length, before + 1);
  assert.equal(second.client.view.session, 'online');
});

test('what the user does in any tab happens, and every tab shows it', async () => {
  const { first, second, socket } = await twoTabs();
  second.client.dial('600');
  await settle();
  socket.ok('call.start');
  await settle();
  const [call] = second.client.view.calls;
  assert.deepEqual([call?.to, call?.state], ['600', 'connecting']);
  assert.deepEqual(second.client.view, first.client.view);
  socket.deliver({ type: 'call.answered', seq: 5, call: call!.id, data: {} });
  second.client.mute(call!.id, true);
  second.client.sendDigits(call!.id, '1#');
  await settle();
  assert.equal(socket.last('call.send_digits')?.data.digits, '1#');
  assert.deepEqual(second.client.view.calls.map(({ state, muted }) => [state, muted]), [['open', true]]);
  second.client.hangup(call!.id);
  assert.ok(socket.last('call.hangup'));
  assert.deepEqual(second.client.view.calls, []);
});

test('a call that rings is taken from any tab', async () => {
  const { second, socket } = await twoTabs();
  const data = { from: '+15550100', to: 'alice', state: 'ringing' };
  socket.deliver({ type: 'call.incoming', seq: 2, call: CALL, data });
  assert.equal(second.client.view.calls[0]?.from, '+15550100');
  second.client.accept(CALL);
  await settle();
  assert.equal(socket.last('call.accept')?.call, CALL);
});

test('the tab that is left goes on with the session and its call when the leader is closed', async () => {
  const { first, second } = await twoTabs();
  const roles: string[] = [];
  second.client.on('role', (role) => void roles.push(role));
  first.crash();
  await settle();
  assert.deepEqual(roles, ['leader']);
  const socket = await welcome({ resumed: true, resume_token: 'next' }, 7);
  assert.deepEqual(socket.last('hello')?.data.resume, { session: WELCOME.session, resume_token: 'r' });
  const data = { direction: 'outbound', from: 'a', to: '600', state: 'in-progress', taken: true, early_media: false, muted: true, held: false, answered_ms_ago: 5000 };
  socket.deliver({ type: 'call.state', seq: 8, call: CALL, data });
  await settle();
  assert.ok(socket.last('call.reattach'));
  assert.deepEqual(second.client.view.calls.map(({ id, muted }) => [id, muted]), [[CALL, true]]);
});

test('a third tab learns who leads and inherits in its turn', async () => {
  const { browser, first, second } = await twoTabs();
  const third = browser.tab();
  await settle();
  assert.equal(third.client.view.session, 'online');
  first.crash();
  await settle();
  await welcome({ resumed: true, resume_token: 'second' }, 7);
  second.crash();
  await settle();
  const socket = await welcome({ resumed: true }, 8);
  assert.equal(socket.last('hello')?.data.resume.resume_token, 'second');
  assert.equal(third.client.role, 'leader');
});

test('where there are no locks, every tab is a phone of its own', async () => {
  const client = new SharedClient({ url: 'wss://gw.test/v1/rtc', token: 't', platform: fakePlatform() });
  open.push(client);
  await settle();
  assert.equal(client.role, 'leader');
});
