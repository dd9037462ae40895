import { COVER, WHEN } from './gl.js';
import { MAX_MASKS, MAX_RANGES } from './types.js';

export const SLICE_VERTEX = COVER;

/**
 * One pixel of a reslice with up to `count` masks. Each mask is a sampler of its own and so a piece of code of
 * its own; shaders are made for the number in use because software rasterisers pay for code that is not reached.
 *
 * Grey is trilinear by hand (R16I cannot be filtered); masks and ranges read the nearest voxel by integer
 * arithmetic, so what is coloured is exactly what the core would select.
 */
export function sliceFragment(count: number): string {
  const masks = Array.from({ length: count }, (_, k) => k);
  return `#version 300 es
precision highp float;
precision highp int;
precision highp isampler3D;
precision highp usampler3D;
precision highp usampler2D;
${WHEN}

uniform isampler3D uCt;
uniform usampler2D uLoaded;
${masks.map((k) => `uniform usampler3D uMask${k};`).join('\n')}
uniform ivec3 uSize;
uniform vec2 uPane;
uniform vec3 uOrigin, uDu, uDv;
uniform float uLow, uPerUnit;
uniform bool uLinear;
uniform int uMaskCount, uRangeCount;
uniform vec4 uMaskColour[${MAX_MASKS}];
uniform float uMaskOutline[${MAX_MASKS}];
uniform ivec2 uRange[${MAX_RANGES}];
uniform vec4 uRangeColour[${MAX_RANGES}];
uniform float uOutlinePx;
uniform vec4 uCross;
uniform vec4 uCrossColour;
uniform vec3 uEmpty;
out vec4 colour;

float ct(ivec3 v) {
  return float(texelFetch(uCt, clamp(v, ivec3(0), uSize - 1), 0).r);
}

float linear(vec3 p) {
  vec3 base = floor(p);
  vec3 f = p - base;
  ivec3 v = ivec3(base);
  const ivec2 o = ivec2(0, 1);
  float near = mix(mix(ct(v), ct(v + o.yxx), f.x), mix(ct(v + o.xyx), ct(v + o.yyx), f.x), f.y);
  float far = near;
  // Not on a voxel plane, which is where the wheel and the slider stop.
  WHEN (f.z >= 1e-3) far = mix(mix(ct(v + o.xxy), ct(v + o.yxy), f.x), mix(ct(v + o.xyy), ct(v + o.yyy), f.x), f.y);
  return mix(near, far, f.z);
}

bool inGrid(ivec3 v) {
  return all(greaterThanEqual(v, ivec3(0))) && all(lessThan(v, uSize));
}

bool bitOf(highp usampler3D bits, ivec3 v) {
  return inGrid(v) && ((texelFetch(bits, ivec3(v.x >> 3, v.y, v.z), 0).r >> uint(v.x & 7)) & 1u) != 0u;
}

bool within(highp usampler3D bits, vec3 p) {
  vec3 du = uDu * uOutlinePx, dv = uDv * uOutlinePx;
  return bitOf(bits, ivec3(floor(p + du + 0.5))) && bitOf(bits, ivec3(floor(p - du + 0.5)))
      && bitOf(bits, ivec3(floor(p + dv + 0.5))) && bitOf(bits, ivec3(floor(p - dv + 0.5)));
}

vec3 mask(highp usampler3D bits, vec3 under, vec3 p, ivec3 v, vec4 fill, float outline) {
  float alpha = 0.0;
  WHEN (bitOf(bits, v)) {
    alpha = fill.a;
    WHEN (outline > fill.a) alpha = within(bits, p) ? fill.a : outline;
  }
  return mix(under, fill.rgb, alpha);
}

void main() {
  vec2 px = gl_FragCoord.xy - uPane;
  vec3 p = uOrigin + px.x * uDu + px.y * uDv;
  ivec3 v = ivec3(floor(p + 0.5));
  vec3 rgb = uEmpty;
  WHEN (inGrid(v) && texelFetch(uLoaded, ivec2(v.z, 0), 0).r != 0u) {
    int value = texelFetch(uCt, v, 0).r;
    float grey = float(value);
    WHEN (uLinear) grey = linear(p);
    rgb = vec3(clamp((grey - uLow) * uPerUnit, 0.0, 1.0));
    for (int k = 0; k < uRangeCount; k++) {
      if (value >= uRange[k].x && value <= uRange[k].y) rgb = mix(rgb, uRangeColour[k].rgb, uRangeColour[k].a);
    }
${masks.map((k) => `    WHEN (uMaskCount > ${k}) rgb = mask(uMask${k}, rgb, p, v, uMaskColour[${k}], uMaskOutline[${k}]);`).join('\n')}
  }
  vec2 off = abs(px - uCross.xy);
  bool onLine = min(off.x, off.y) < uCross.w && max(off.x, off.y) > uCross.z;
  if (onLine) rgb = mix(rgb, uCrossColour.rgb, uCrossColour.a);
  colour = vec4(rgb, 1.0);
}`;
}

/** The raw value of one voxel into a 1×1 integer target. */
export const PROBE_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp isampler3D;
uniform isampler3D uCt;
uniform ivec3 uVoxel;
out ivec4 value;
void main() { value = ivec4(texelFetch(uCt, uVoxel, 0).r, 0, 0, 1); }`;
