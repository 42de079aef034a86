import type { Client } from '@offhook/client';
import type { CallCheck } from '../elements/call-check.ts';
import { byId } from '../phone/dom.ts';
import type { Settings } from '../settings/settings.ts';

/** The demo phone's number that plays back what it hears. */
const DEMO_ECHO = '600';

/** The check of all that a call needs, with the echo number that a person has noted. */
export class CheckView {
  constructor(client: Client, settings: Settings) {
    const check = byId<CallCheck>('check');
    const echo = byId<HTMLInputElement>('echo');
    check.client = client;
    echo.value = settings.choices.echo;
    const take = () => (check.echo = echo.value.trim() || (client.welcome?.demo ? DEMO_ECHO : ''));
    echo.addEventListener('change', () => {
      settings.change({ echo: echo.value.trim() });
      take();
    });
    client.on('stateChanged', () => {
      echo.placeholder = client.welcome?.demo ? DEMO_ECHO : 'None';
      take();
    });
  }
}
