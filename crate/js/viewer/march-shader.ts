import { MAX_MASKS } from './types.js';

/**
 * The overview: rays through the reduced volume. Masks are surfaces where their blurred occupancy passes one
 * half; the body is a faint outline where the scan passes from air to tissue. Without a visible mask the
 * scan itself is shown between two HU, bone by default.
 *
 * Steps are long through empty space and short where something is near; a crossing is then found by
 * bisection, so the picture has no rings whatever the step. Ray starts are jittered by a fixed hash, so that
 * what little remains is noise and not a pattern, and the same picture comes out every time.
 */
export const MARCH_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler3D;
uniform sampler3D uCt, uMasksA, uMasksB;
uniform sampler2D uMeshColour;
uniform highp sampler2D uMeshDepth;
uniform vec3 uOrigin, uDu, uDv, uAlong;
uniform float uReach, uStep, uVoxelMm;
uniform mat3 uTexFromMm;
uniform vec3 uRight, uUp, uForward;
uniform vec4 uVisibleA, uVisibleB;
uniform vec4 uColour[${MAX_MASKS}];
uniform bool uShowCt, uShowB, uHasMesh;
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
vec4 masksA(vec3 q) { return texture(uMasksA, q) * uVisibleA; }
vec4 masksB(vec3 q) { return uShowB ? texture(uMasksB, q) * uVisibleB : vec4(0.0); }
float ct(vec3 q) { return texture(uCt, q).r; }

// Every surface is the half level of one scalar: 0 … 7 a mask, 8 the HU range, 9 the skin.
float field(int what, vec3 q) {
  if (what < 4) return masksA(q)[what] * within(q);
  if (what < 8) return masksB(q)[what - 4] * within(q);
  float hu = ct(q);
  if (what == 9) return 0.5 + (hu * within(q) - SKIN);
  return (0.5 + min(hu - uCtRange.x, uCtRange.y - hu) * 2.0) * within(q);
}

vec3 gradient(int what, vec3 q, float mm) {
  vec3 x = uTexFromMm[0] * mm, y = uTexFromMm[1] * mm, z = uTexFromMm[2] * mm;
  return vec3(field(what, q + x) - field(what, q - x),
              field(what, q + y) - field(what, q - y),
              field(what, q + z) - field(what, q - z));
}

// Between a (outside) and b (inside) along the ray.
float refine(int what, vec3 o, float a, float b) {
  for (int k = 0; k < 5; k++) {
    float m = 0.5 * (a + b);
    if (field(what, o + uAlong * m) < 0.5) a = m; else b = m;
  }
  return 0.5 * (a + b);
}

float solid(vec3 q) {
  vec4 m = max(masksA(q), masksB(q));
  float most = max(max(m.x, m.y), max(m.z, m.w));
  if (uShowCt) most = max(most, clamp(field(8, q), 0.0, 1.0));
  return most * within(q);
}

vec3 shade(int what, vec3 base, vec3 q, float t) {
  // Fine and wide gradients together: detail without the grain of the reduced grid.
  vec3 g = gradient(what, q, uVoxelMm) + 0.6 * gradient(what, q, 2.0 * uVoxelMm);
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
  vec3 out1 = uTexFromMm * (n * 3.0 * uVoxelMm), out2 = uTexFromMm * (n * 7.0 * uVoxelMm);
  float open = 1.0 - 0.45 * solid(q + out1) - 0.30 * solid(q + out2);
  float far = smoothstep(0.25, 0.85, t / (2.0 * uReach));
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
  for (int k = 0; k < 2048 && t < end && clear > 0.02; k++) {
    vec3 q = o + uAlong * t;
    vec4 nowA = masksA(q), nowB = masksB(q);
    float hu = ct(q);
    float nowSkin = hu, nowRange = uShowCt ? 0.5 + min(hu - uCtRange.x, uCtRange.y - hu) * 2.0 : 0.0;
    vec4 inA = step(0.5, nowA) * (1.0 - step(0.5, lastA)), inB = step(0.5, nowB) * (1.0 - step(0.5, lastB));
    if (uBody > 0.0 && (nowSkin > SKIN) != (lastSkin > SKIN)) {
      bool entering = nowSkin > SKIN;
      float s = entering ? refine(9, o, last, t) : t;
      vec3 g = gradient(9, o + uAlong * s, 1.5 * uVoxelMm);
      float steep = length(g);
      float facing = abs(dot(g, uForward)) / max(steep, 1e-4);
      float veil = uBody * (0.015 + 0.34 * pow(1.0 - facing, 3.0)) * smoothstep(0.05, 0.35, steep) * (entering ? 1.0 : 0.5);
      rgb += clear * veil * vec3(0.60, 0.70, 0.82);
      clear *= 1.0 - veil;
    }
    if (uShowCt && nowRange >= 0.5 && lastRange < 0.5) {
      float s = refine(8, o, last, t);
      rgb += clear * uCtColour.a * shade(8, uCtColour.rgb, o + uAlong * s, s);
      clear *= 1.0 - uCtColour.a;
      first = min(first, s);
    }
    if (dot(inA, vec4(1.0)) + dot(inB, vec4(1.0)) > 0.0) {
      for (int m = 0; m < ${MAX_MASKS}; m++) {
        if ((m < 4 ? inA[m] : inB[m - 4]) < 0.5) continue;
        float s = refine(m, o, last, t);
        rgb += clear * uColour[m].a * shade(m, uColour[m].rgb, o + uAlong * s, s);
        clear *= 1.0 - uColour[m].a;
        first = min(first, s);
      }
    }
    lastA = nowA; lastB = nowB; lastRange = nowRange; lastSkin = nowSkin; last = t;
    // Occupancy reaches two voxels beyond its surface, so zero means that nothing is near.
    bool nothing = dot(nowA, vec4(1.0)) + dot(nowB, vec4(1.0)) == 0.0
      && (!uShowCt || nowRange < 0.2) && (uBody == 0.0 || abs(hu - SKIN) > 0.12);
    t += nothing ? max(uStep, 2.0 * uVoxelMm) : uStep;
  }
  if (mesh.a > 0.0) {
    rgb += clear * mesh.a * mesh.rgb;
    clear *= 1.0 - mesh.a;
    first = min(first, meshT);
  }
  colour = vec4(rgb + clear * uBackground, 1.0);
  depth = first < 1e8 ? uint(first / (2.0 * uReach) * DEPTH_UNITS) : 65535u;
}`;

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
