/** What `using` looks for. Browsers without it get it here, under the name that compilers expect. */
export const disposeSymbol: typeof Symbol.dispose = fillIn();

function fillIn(): typeof Symbol.dispose {
  // The types say it is always there; Safari and older Chromium do not have it.
  if (!Object.hasOwn(Symbol, 'dispose')) {
    Object.defineProperty(Symbol, 'dispose', { value: Symbol.for('Symbol.dispose') });
  }
  return Symbol.dispose;
}
