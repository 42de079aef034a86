import { ClickToCall } from './click-to-call.ts';

export { ClickToCall };

// Importing this module is what makes the tag known; twice is once.
if ('customElements' in globalThis && !customElements.get('click-to-call')) {
  customElements.define('click-to-call', ClickToCall);
}

declare global {
  interface HTMLElementTagNameMap {
    'click-to-call': ClickToCall;
  }
}
