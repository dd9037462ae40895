/** `#rgb` or `#rrggbb` as three numbers 0 … 1 in `out` at `at`. Anything else becomes mid-grey rather than an error: a colour is never worth a crash. */
export function writeColour(css: string, out: Float32Array, at: number): void {
  const text = css.trim();
  const long = /^#[0-9a-f]{6}/i.test(text);
  const short = /^#[0-9a-f]{3,4}$/i.test(text);
  for (let k = 0; k < 3; k++) {
    const digits = long
      ? text.slice(1 + 2 * k, 3 + 2 * k)
      : short
        ? text.charAt(1 + k).repeat(2)
        : '80';
    out[at + k] = Number.parseInt(digits, 16) / 255;
  }
}
