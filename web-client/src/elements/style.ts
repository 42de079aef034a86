/**
 * How `<click-to-call>` looks. A page changes it by custom properties (`--offhook-…`) and parts; it takes the page's colour
 * scheme, and both hold the contrast of WCAG 2.2 AA.
 */
export const STYLE = `
:host {
  --_go: var(--offhook-go, #14794a);
  --_end: var(--offhook-end, #c2352c);
  --_on: var(--offhook-on-strong, #fff);
  --_surface: var(--offhook-surface, light-dark(#fff, #1a2128));
  --_sunken: var(--offhook-sunken, light-dark(#eef1f4, #2b3641));
  --_text: var(--offhook-text, light-dark(#16202a, #e8edf2));
  --_quiet: var(--offhook-text-quiet, light-dark(#52606d, #a3b0bc));
  --_line: var(--offhook-line, light-dark(#d7dee5, #3a4653));
  --_accent: var(--offhook-accent, light-dark(#0f6b6b, #5cc4c0));
  --_radius: var(--offhook-radius, 0.875rem);
  display: inline-block;
  max-inline-size: 100%;
  color: var(--_text);
  font: 400 1rem/1.5 var(--offhook-font, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif);
}
:host([hidden]), [hidden] { display: none !important; }
:host([variant="floating"]) {
  position: fixed;
  inset-block-end: max(1rem, env(safe-area-inset-bottom));
  inset-inline-end: max(1rem, env(safe-area-inset-right));
  z-index: var(--offhook-z-index, 1000);
  max-inline-size: calc(100vw - 2rem);
}
*, *::before, *::after { box-sizing: border-box; }
.root { display: flex; flex-direction: column; gap: 0.5rem; align-items: flex-start; }
:host([variant="floating"]) .root { align-items: flex-end; }
button { color: inherit; font: inherit; border: 0; cursor: pointer; touch-action: manipulation; }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
svg { inline-size: 1.25em; block-size: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.call {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.625rem;
  min-block-size: 3rem; max-inline-size: 100%; padding: 0.625rem 1.25rem;
  border-radius: 1.5rem; background: var(--_go); color: var(--_on); font-weight: 600;
}
:host([variant="floating"]) .call { box-shadow: 0 6px 20px rgb(0 0 0 / 25%); }
.call:hover, .end:hover { filter: brightness(0.92); }
.call:disabled { background: var(--_sunken); color: var(--_quiet); cursor: not-allowed; filter: none; }
.consent { max-inline-size: 24rem; color: var(--_quiet); font-size: 0.8125rem; }
.agree { display: flex; gap: 0.5rem; align-items: center; min-block-size: 1.5rem; color: var(--_text); }
.agree input { inline-size: 1.25rem; block-size: 1.25rem; margin: 0; accent-color: var(--_accent); }
.panel {
  inline-size: 20rem; max-inline-size: 100%; padding: 1rem;
  border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface);
}
:host([variant="floating"]) .panel { box-shadow: 0 12px 32px rgb(0 0 0 / 22%); }
dialog { inline-size: 22rem; max-inline-size: calc(100vw - 2rem); margin: auto; padding: 0; border: 0; border-radius: var(--_radius); background: none; color: inherit; }
dialog .panel { inline-size: 100%; }
dialog::backdrop { background: rgb(10 16 22 / 55%); }
.who { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.line { display: flex; justify-content: space-between; gap: 1rem; margin: 0 0 0.875rem; color: var(--_quiet); }
.state { margin: 0; }
.timer { font-variant-numeric: tabular-nums; }
.keys { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.tool {
  display: grid; place-items: center; inline-size: 3rem; block-size: 3rem; border-radius: 50%;
  background: var(--_sunken); color: var(--_text);
}
.tool[aria-pressed="true"], .tool[aria-expanded="true"] { background: var(--_text); color: var(--_surface); }
.end {
  display: inline-flex; flex: 1; white-space: nowrap; align-items: center; justify-content: center; gap: 0.5rem;
  min-block-size: 3rem; padding: 0 1rem; border-radius: 1.5rem; background: var(--_end); color: var(--_on); font-weight: 600;
}
.pad { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.5rem; margin-block: 0 0.875rem; direction: ltr; }
.pad button { min-block-size: 3rem; border-radius: var(--_radius); background: var(--_sunken); font-size: 1.25rem; }
.pad button:active { background: var(--_line); }
.slash { display: none; }
[aria-pressed="true"] .slash { display: initial; }
@media (forced-colors: active) { button { border: 1px solid ButtonText; } }
@media (prefers-reduced-motion: no-preference) { .call, .end { transition: filter 120ms; } }
`;
