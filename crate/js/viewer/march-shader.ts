import { WHEN } from './gl.js';
import { MAX_MASKS } from './types.js';

/**
 * The overview: rays through the reduced volume. Masks are surfaces where their blurred occupancy passes one
 * half; the body is a faint outline where the scan passes from air to tissue. Without a visible mask the
 * scan itself is shown between two HU, bone by default.
 *
 * Bricks of voxels in which nothing can be crossed are left in one step (see `proxy.ts`); elsewhere steps are
 * short, and a crossing is found by bisection, so the picture has no rings whatever the step. Ray starts are jittered by a fixed hash, so that
 * what little remains is noise and not a pattern, and the same picture comes out every time.
 *
 * `four` leaves out masks 4 … 7, which few pages have and software rasterisers would pay for.
 */
export function marchFragment(four: boolean): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler3D;
${WHEN}
uniform sampler3D uCt, uMasksA, uMasksB, uBrickCt, uBrickMasksA, uBrickMasksB;
uniform sampler2D uMeshColour;
uniform highp sampler2D uMeshDepth;
uniform vec3 uOrigin, uDu, uDv, uAlong;
uniform float uReach, uStep, uVoxelMm;
uniform mat3 uTexFromMm;
uniform vec3 uRight, uUp, uForward;
uniform vec4 uVisibleA, uVisibleB;
uniform vec4 uColour[${MAX_MASKS}];
uniform bool uShowMasks, uShowCt, uHasMesh, uCoarse, uCut;
uniform vec3 uRasOrigin, uRasDu, uRasDv, uKeepLo, uKeepHi;
uniform vec3 uBricks;
uniform vec2 uCtRange;
uniform vec4 uCtColour;
uniform float uBody;
uniform vec3 uBackground;
layout(location = 0) out vec4 colour;
layout(location = 1) out uint depth;

const float SKIN = 0.33;      // −350 HU on the proxy's scale
const float DEPTH_UNITS = 65534.0;

float within(vec3 q) {
  return all(greaterThanEqual(q, vec3(0.0))) && all(lessThanEqual(q, vec3(1.0))) ? 1.0 : 0.0;
}
// An explicit level: there are no mipmaps, and the implicit one costs derivatives in every step.
vec4 masksA(vec3 q) { return textureLod(uMasksA, q, 0.0) * uVisibleA; }
vec4 masksB(vec3 q) { return ${four ? 'vec4(0.0)' : 'textureLod(uMasksB, q, 0.0) * uVisibleB'}; }
float ct(vec3 q) { return textureLod(uCt, q, 0.0).r; }
float inRange(float hu) { return 0.5 + min(hu - uCtRange.x, uCtRange.y - hu) * 2.0; }
float most(vec4 v) { return max(max(v.x, v.y), max(v.z, v.w)); }

// Every surface is the half level of one scalar: 0 … 7 a mask, 8 the HU range, 9 the skin.
float field(int what, vec3 q) {
  if (what < 4) return masksA(q)[what] * within(q);
  if (what < 8) return masksB(q)[what - 4] * within(q);
  float hu = ct(q);
  return what == 9 ? 0.5 + (hu * within(q) - SKIN) : inRange(hu) * within(q);
}

vec3 gradient(int what, vec3 q, float mm) {
  vec3 g;
  for (int k = 0; k < 3; k++) {
    vec3 o = uTexFromMm[k] * mm;
    g[k] = field(what, q + o) - field(what, q - o);
  }
  return g;
}

// The crossing between a (outside) and b (inside) along the ray.
float refine(int what, vec3 o, float a, float b) {
  for (int k = 0; k < 5; k++) {
    float m = 0.5 * (a + b);
    if (field(what, o + uAlong * m) < 0.5) a = m; else b = m;
  }
  return 0.5 * (a + b);
}

float solid(vec3 q) {
  float m = uShowMasks ? max(most(masksA(q)), most(masksB(q))) : 0.0;
  return (uShowCt ? max(m, clamp(inRange(ct(q)), 0.0, 1.0)) : m) * within(q);
}

// Where a ray begins on the plane of a cut, and how much that plane faces it.
float cutT = -1e9, cutFacing = 0.0;

vec3 shade(int what, vec3 base, vec3 q, float t) {
  float far = smoothstep(0.25, 0.85, t / (2.0 * uReach));
  // As surfaces are cut: no shine, it was never an outside.
  if (t < cutT + 0.05) return mix(base * (0.50 + 0.22 * cutFacing), uBackground, 0.45 * far);
  vec3 g = gradient(what, q, uVoxelMm);
  // Fine and wide gradients together: detail without the grain of the reduced grid.
  if (!uCoarse) g += 0.6 * gradient(what, q, 2.0 * uVoxelMm);
  vec3 n = -normalize(g + 1e-6 * uForward);
  n = dot(n, uForward) > 0.0 ? n - 2.0 * dot(n, uForward) * uForward : n;
  vec3 view = -uForward;
  vec3 key = normalize(view + 0.75 * uUp - 0.55 * uRight);
  float diffuse = 0.5 + 0.5 * dot(n, key);
  diffuse *= diffuse;
  float facing = max(dot(n, view), 0.0);
  float shine = pow(max(dot(n, normalize(key + view)), 0.0), 32.0);
  float rim = pow(1.0 - facing, 3.0);
  // What stands close in front of the surface keeps the ambient light out.
  vec3 out1 = uTexFromMm * (n * 5.0), out2 = uTexFromMm * (n * 12.0);
  float open = 1.0 - 0.45 * solid(q + out1) - 0.30 * solid(q + out2);
  vec3 lit = base * (0.20 + 0.06 * dot(n, uUp) + 0.92 * diffuse) * open
           + vec3(1.0, 0.97, 0.92) * 0.14 * shine * open
           + mix(base, vec3(0.75, 0.85, 1.0), 0.6) * 0.16 * rim * open;
  return mix(lit, uBackground, 0.45 * far);
}

float hash(vec2 p) {
  uvec2 u = uvec2(p);
  uint h = u.x * 1597334673u ^ u.y * 3812015801u;
  h = (h ^ (h >> 15)) * 2246822519u;
  return float(h >> 8) / 16777216.0;
}

void main() {
  vec3 o = uOrigin + gl_FragCoord.x * uDu + gl_FragCoord.y * uDv;
  vec3 inverse = 1.0 / (uAlong + vec3(equal(uAlong, vec3(0.0))) * 1e-12);
  vec3 a = -o * inverse, b = (1.0 - o) * inverse;
  vec3 lo = min(a, b), hi = max(a, b);
  float t0 = max(max(lo.x, max(lo.y, lo.z)), 0.0);
  float t1 = min(min(hi.x, min(hi.y, hi.z)), 2.0 * uReach);
  if (uCut) {
    vec3 from = uRasOrigin + gl_FragCoord.x * uRasDu + gl_FragCoord.y * uRasDv;
    vec3 perMm = 1.0 / (uForward + vec3(equal(uForward, vec3(0.0))) * 1e-12);
    vec3 c = (uKeepLo - from) * perMm, d = (uKeepHi - from) * perMm;
    lo = min(c, d);
    hi = max(c, d);
    float entry = max(lo.x, max(lo.y, lo.z));
    if (entry >= t0) {
      t0 = cutT = entry;
      cutFacing = entry == lo.x ? abs(uForward.x) : entry == lo.y ? abs(uForward.y) : abs(uForward.z);
    }
    t1 = min(t1, min(hi.x, min(hi.y, hi.z)));
  }
  vec4 mesh = vec4(0.0);
  float meshT = 1e9;
  if (uHasMesh) {
    mesh = texelFetch(uMeshColour, ivec2(gl_FragCoord.xy), 0);
    if (mesh.a > 0.0) meshT = texelFetch(uMeshDepth, ivec2(gl_FragCoord.xy), 0).r * 2.0 * uReach;
  }
  vec3 rgb = vec3(0.0);
  float clear = 1.0;
  float first = 1e9;
  vec4 lastA = vec4(0.0), lastB = vec4(0.0);
  float lastRange = 0.0, lastSkin = 0.0;
  float t = t0 + hash(gl_FragCoord.xy) * uStep, last = t0 - 0.01;
  float end = min(t1, meshT);
  ivec3 lastBrick = ivec3(-1);
  bool hasMasks = false, hasCt = false;
  float advance = uStep;
  for (int k = 0; k < 2048 && t < end && clear > 0.02; k++) {
    vec3 q = o + uAlong * t;
    vec3 inBricks = q * uBricks;
    ivec3 brick = ivec3(inBricks);
    WHEN (brick != lastBrick) {
      lastBrick = brick;
      vec2 span = texelFetch(uBrickCt, brick, 0).rg;
      hasMasks = uShowMasks && max(most(texelFetch(uBrickMasksA, brick, 0) * uVisibleA),
                                   ${four ? '0.0' : 'most(texelFetch(uBrickMasksB, brick, 0) * uVisibleB)'}) >= 0.499;
      hasCt = (uBody > 0.0 && span.x <= SKIN && span.y >= SKIN) || (uShowCt && span.y >= uCtRange.x && span.x <= uCtRange.y);
      // Where the ray leaves the brick; if nothing in it changes sides, that is the next place to look at.
      vec3 exits = (vec3(brick) + step(0.0, uAlong) - inBricks) / (uAlong * uBricks);
      advance = hasMasks || hasCt ? uStep : max(min(exits.x, min(exits.y, exits.z)), 0.0) + 0.05 * uStep;
    }
    int entered = 0;
    WHEN (hasMasks) {
      vec4 nowA = masksA(q), nowB = masksB(q);
      ivec4 inA = ivec4(step(0.5, nowA) * (1.0 - step(0.5, lastA))), inB = ivec4(step(0.5, nowB) * (1.0 - step(0.5, lastB)));
      entered = inA.x | inA.y << 1 | inA.z << 2 | inA.w << 3 | inB.x << 4 | inB.y << 5 | inB.z << 6 | inB.w << 7;
      lastA = nowA;
      lastB = nowB;
    }
    WHEN (hasCt) {
      float hu = ct(q);
      float nowRange = uShowCt ? inRange(hu) : 0.0;
      if (nowRange >= 0.5 && lastRange < 0.5) entered |= 1 << 8;
      lastRange = nowRange;
      WHEN (uBody > 0.0 && (hu > SKIN) != (lastSkin > SKIN)) {
        bool entering = hu > SKIN;
        float s = entering ? refine(9, o, last, t) : t;
        vec3 g = gradient(9, o + uAlong * s, 1.5 * uVoxelMm);
        float steep = length(g);
        float facing = abs(dot(g, uForward)) / max(steep, 1e-4);
        float veil = uBody * (0.015 + 0.42 * pow(1.0 - facing, 3.0)) * smoothstep(0.05, 0.35, steep) * (entering ? 1.0 : 0.5);
        rgb += clear * veil * vec3(0.60, 0.70, 0.82);
        clear *= 1.0 - veil;
      }
      lastSkin = hu;
    }
    for (int what = 0; entered != 0; what++, entered >>= 1) {
      WHEN ((entered & 1) != 0) {
        vec4 base = what == 8 ? uCtColour : uColour[min(what, ${MAX_MASKS - 1})];
        float s = refine(what, o, last, t);
        rgb += clear * base.a * shade(what, base.rgb, o + uAlong * s, s);
        clear *= 1.0 - base.a;
        first = min(first, s);
      }
    }
    last = t;
    t += advance;
  }
  if (mesh.a > 0.0) {
    rgb += clear * mesh.rgb; // premultiplied: edges are averaged
    clear *= 1.0 - mesh.a;
    first = min(first, meshT);
  }
  colour = vec4(rgb + clear * uBackground, 1.0);
  depth = first < 1e8 ? uint(first / (2.0 * uReach) * DEPTH_UNITS) : 65535u;
}`;
}

/** Brings the finished 3D picture to the screen, with a small mark where the crosshair is. */
export const COMPOSE_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
uniform sampler2D uFrom;
uniform highp usampler2D uDepth;
uniform vec2 uPane, uSize, uPart;
uniform vec4 uCross;
uniform vec3 uCrossColour;
out vec4 colour;
void main() {
  vec2 px = gl_FragCoord.xy - uPane;
  vec2 uv = px / uSize * uPart;
  vec3 rgb = texture(uFrom, clamp(uv, vec2(0.0), uPart - 0.5 / vec2(textureSize(uFrom, 0)))).rgb;
  float r = length(px - uCross.xy);
  float ring = 1.0 - smoothstep(0.5, 1.2, abs(r - 4.5 * uCross.w) / uCross.w);
  if (ring > 0.0) {
    ivec2 at = ivec2(uCross.xy / uSize * uPart * vec2(textureSize(uDepth, 0)));
    bool hidden = float(texelFetch(uDepth, at, 0).r) + 600.0 < uCross.z;
    rgb = mix(rgb, uCrossColour, ring * (hidden ? 0.35 : 0.95));
  }
  colour = vec4(rgb, 1.0);
}`;
