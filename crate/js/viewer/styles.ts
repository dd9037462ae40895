/**
 * The look of the DOM layer, as a constructed style sheet: the CSSOM is not subject to `style-src`, so the
 * strictest policy holds. Colours are custom properties; set them on the container or above.
 */
const CSS = `
.hv-root {
  --_bg: var(--hv-background, #07090c); --_empty: var(--hv-empty, #0c0f13); --_text: var(--hv-text, #c9d3de);
  --_quiet: var(--hv-quiet, #9aa8b8); --_accent: var(--hv-accent, #62b0ff); --_measure: var(--hv-measure, #ffe45c);
  position: relative; width: 100%; height: 100%; min-height: 0; overflow: hidden; background: var(--_bg); color: var(--_text);
  font: 500 12px/16px var(--hv-font, system-ui, sans-serif); font-variant-numeric: tabular-nums; user-select: none; -webkit-user-select: none;
}
.hv-canvas { position: absolute; left: 0; top: 0; display: block; }
.hv-pane { position: absolute; overflow: hidden; container-type: inline-size; touch-action: none; outline: none; cursor: crosshair; }
.hv-pane[hidden] { display: none; }
.hv-pane[data-pane="3d"] { cursor: grab; }
.hv-pane[data-pane="3d"]:active { cursor: grabbing; }
.hv-pane:focus-visible::after, .hv-pane:has(.hv-slider:focus-visible)::after {
  content: ""; position: absolute; inset: 0; border: 2px solid var(--_accent); pointer-events: none; }
.hv-title, .hv-letter, .hv-scale, .hv-readout, .hv-lost { position: absolute; pointer-events: none; text-shadow: 0 0 4px var(--_bg), 0 0 2px var(--_bg), 0 0 1px var(--_bg); }
.hv-title { left: 6px; top: 8px; padding: 0 4px; border-radius: 4px; color: var(--_text); white-space: nowrap;
  background: color-mix(in srgb, var(--_bg) 62%, transparent); }
.hv-position { opacity: .8; margin-left: 8px; font-weight: 400; }
.hv-letter { color: var(--_text); font-weight: 600; padding: 0 4px; border-radius: 4px; background: color-mix(in srgb, var(--_bg) 62%, transparent); }
.hv-letter:empty { display: none; }
.hv-letter[data-edge="left"] { left: 6px; top: 50%; transform: translateY(-50%); }
.hv-letter[data-edge="right"] { right: 6px; top: 50%; transform: translateY(-50%); }
.hv-letter[data-edge="top"] { top: 8px; left: 50%; transform: translateX(-50%); }
.hv-letter[data-edge="bottom"] { bottom: 30px; left: 50%; transform: translateX(-50%); }
.hv-scale { right: 12px; bottom: 32px; color: var(--_quiet); font-weight: 400; font-size: 11px; text-align: right; }
.hv-bar { display: block; height: 4px; margin: 2px 0 0 auto; border: 1px solid currentColor; border-top: 0; opacity: .8; }
.hv-readout { left: 10px; bottom: 30px; color: var(--_text); font-weight: 400; white-space: pre; }
.hv-button { position: absolute; right: 4px; top: 2px; width: 28px; height: 28px; padding: 6px; border: 0; border-radius: 6px; background: transparent;
  color: var(--_quiet); cursor: pointer; }
.hv-button:hover { color: var(--_text); background: color-mix(in srgb, var(--_text) 12%, transparent); }
.hv-button:focus-visible, .hv-slider:focus-visible { outline: 2px solid var(--_accent); outline-offset: -2px; }
.hv-button svg { display: block; width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.hv-slider { position: absolute; left: 10px; right: 10px; bottom: 2px; width: calc(100% - 20px); height: 24px; margin: 0; background: transparent;
  cursor: pointer; appearance: none; -webkit-appearance: none; opacity: .55; }
.hv-pane:hover .hv-slider, .hv-slider:focus-visible { opacity: 1; }
.hv-slider::-webkit-slider-runnable-track { height: 2px; border-radius: 1px; background: color-mix(in srgb, var(--_text) 35%, transparent); }
.hv-slider::-moz-range-track { height: 2px; border-radius: 1px; background: color-mix(in srgb, var(--_text) 35%, transparent); }
.hv-slider::-webkit-slider-thumb { -webkit-appearance: none; width: 12px; height: 12px; margin-top: -5px; border-radius: 50%; background: var(--_text); }
.hv-slider::-moz-range-thumb { width: 12px; height: 12px; border: 0; border-radius: 50%; background: var(--_text); }
.hv-root[data-measuring] .hv-pane, .hv-root[data-measuring] .hv-pane:active { cursor: crosshair; }
.hv-sketches { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; pointer-events: none; fill: none; stroke-linecap: round; }
.hv-line { stroke: var(--_measure); stroke-width: 1.5; }
.hv-halo { stroke: var(--_bg); stroke-width: 4; opacity: .7; }
.hv-aside { stroke-dasharray: 4 4; }
.hv-measure { position: absolute; transform: translate(-50%, -50%); display: flex; align-items: center; height: 20px; border-radius: 4px; pointer-events: none;
  color: var(--_measure); background: color-mix(in srgb, var(--_bg) 72%, transparent); font-weight: 600; white-space: nowrap; }
.hv-measure span { padding: 0 4px; }
.hv-measure button { width: 20px; height: 20px; padding: 0; margin-left: -4px; border: 0; border-radius: 4px; background: transparent; color: inherit; font: inherit; cursor: pointer;
  pointer-events: auto; }
.hv-measure button[hidden] { display: none; }
.hv-measure button:hover { background: color-mix(in srgb, var(--_measure) 25%, transparent); }
.hv-measure button:focus-visible { outline: 2px solid var(--_accent); }
.hv-aim { display: none; position: absolute; left: 50%; top: 50%; width: 15px; height: 15px; margin: -7.5px; pointer-events: none;
  background: linear-gradient(var(--_measure) 0 0) center / 1px 100% no-repeat, linear-gradient(var(--_measure) 0 0) center / 100% 1px no-repeat; }
.hv-root[data-measuring] .hv-pane[data-pane="3d"]:focus-visible > .hv-aim { display: block; }
.hv-lost { inset: 0; display: grid; place-items: center; padding: 24px; text-align: center; color: var(--_text); }
.hv-lost[hidden] { display: none; }
.hv-live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (pointer: coarse) {
  .hv-button { width: 44px; height: 44px; padding: 14px; }
  .hv-slider { height: 44px; }
  .hv-letter[data-edge="bottom"], .hv-scale, .hv-readout { bottom: 46px; }
  .hv-measure { height: 28px; }
  .hv-measure button { width: 44px; height: 44px; margin: -8px -8px -8px -14px; }
  .hv-slider::-webkit-slider-thumb { width: 20px; height: 20px; margin-top: -9px; }
  .hv-slider::-moz-range-thumb { width: 20px; height: 20px; }
}
@container (max-width: 460px) {
  /* Above the letter, which it would run into. */
  .hv-readout { bottom: 50px; }
}
@media (pointer: coarse) {
  @container (max-width: 460px) { .hv-readout { bottom: 66px; } }
}
@container (max-width: 280px) {
  /* The letter stands there; the readout and the slider say where the slice lies. */
  .hv-position { display: none; }
  .hv-readout { top: 26px; bottom: auto; }
}
`;

const sheets = new WeakMap<Document, CSSStyleSheet>();

/** Adopts the sheet in the document or shadow root that holds `element`; once, however many viewers there are. */
export function adoptStyles(element: HTMLElement): void {
  const root = element.getRootNode();
  const home = root instanceof ShadowRoot ? root : element.ownerDocument;
  let sheet = sheets.get(element.ownerDocument);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    sheets.set(element.ownerDocument, sheet);
  }
  if (!home.adoptedStyleSheets.includes(sheet)) home.adoptedStyleSheets.push(sheet);
}

/** Reads a custom property of the root as rgb 0 … 1 by letting the browser resolve it (any CSS colour works). */
export function resolveColour(root: HTMLElement, property: string, out: Float32Array): void {
  const probe = root.ownerDocument.createElement('span');
  probe.style.color = `var(${property})`;
  root.append(probe);
  const text = getComputedStyle(probe).color;
  probe.remove();
  const scale = text.startsWith('color(') ? 1 : 255; // rgb() counts to 255, color(srgb …) to 1
  const numbers = text.match(/[\d.]+/g) ?? [];
  for (let k = 0; k < 3; k++) out[k] = Number(numbers[k] ?? 0) / scale;
}
