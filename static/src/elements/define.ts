// What a page loads to have parts of the desk by themselves: `<script type="module" src="elements.js">`. Colours come from
// the page's custom properties, named as in tokens.css, else from the system.
import { CallCheck } from './call-check.ts';
import { DialPad } from './dial-pad.ts';
import { QualityStrip } from './quality-strip.ts';

// A page that has them already keeps its own.
const ELEMENTS = { 'offhook-quality': QualityStrip, 'offhook-check': CallCheck, 'offhook-dial-pad': DialPad };
for (const [name, element] of Object.entries(ELEMENTS)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
