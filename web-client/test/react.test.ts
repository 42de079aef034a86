import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { FakeSocket } from './fakes.ts';
import { useCall, useCalls, useClient } from '../src/react.ts';

function Phone(): ReturnType<typeof createElement> {
  const client = useClient({ url: 'https://gw.test/v1/rtc', token: 't' });
  const { state, calls } = useCalls(client);
  const call = useCall(calls[0] ?? null);
  return createElement('p', null, `${state} ${calls.length} ${call.state} ${call.muted}`);
}

test('the hooks render on a server, and connect to nothing there', () => {
  const before = FakeSocket.all.length;
  assert.equal(renderToString(createElement(Phone)), '<p>offline 0 closed false</p>');
  assert.equal(FakeSocket.all.length, before);
});
