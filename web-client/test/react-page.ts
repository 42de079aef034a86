// A page with the React hooks in it, for react.chromium.test.ts.
import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { Call } from '../src/call.ts';
import { useCall, useCalls, useClient } from '../src/react.ts';

function Line({ call }: { call: Call }): ReturnType<typeof createElement> {
  const { state, muted } = useCall(call);
  const press = () => (state === 'open' && !muted ? call.mute() : call.hangup());
  return createElement('button', { id: 'line', onClick: press }, `${call.to} ${state} ${muted}`);
}

function Phone(): ReturnType<typeof createElement> {
  const client = useClient({ url: 'wss://gw.test/v1/rtc', token: 't' });
  const { state, calls } = useCalls(client);
  return createElement(
    'div',
    null,
    createElement('button', { id: 'dial', onClick: () => client?.connect({ to: '600' }) }, state),
    calls.map((call) => createElement(Line, { key: call.id, call })),
  );
}

function Page(): ReturnType<typeof createElement> {
  const [shown, show] = useState(true);
  return createElement('div', null, shown && createElement(Phone), createElement('button', { id: 'leave', onClick: () => show(false) }, 'x'));
}

createRoot(document.querySelector('#root')!).render(createElement(Page));
