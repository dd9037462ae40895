/** Triangle surfaces: the same light as the ray-marched overview, so that both go together in one picture. */

/** Parallel rays; depth 0 … 1 spans the camera's whole reach. */
export const MESH_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec3 aRas;
layout(location = 1) in vec3 aNormal;
uniform vec3 uRight, uUp, uForward, uCentre;
uniform vec2 uHalf;
uniform float uReach;
out vec3 vFromCentre;
out vec3 vNormal;
void main() {
  vec3 p = aRas - uCentre;
  vFromCentre = p;
  vNormal = aNormal;
  gl_Position = vec4(dot(p, uRight) / uHalf.x, dot(p, uUp) / uHalf.y, dot(p, uForward) / uReach, 1.0);
}`;

/**
 * What is done with the pixels of a surface. `lit`: drawn. `peeled`: drawn where they lie behind the layers before and
 * before the solid picture. `count`: for the stencil only. `depth`: only how deep they lie, for one pixel.
 */
export type MeshUse = 'lit' | 'peeled' | 'count' | 'depth';

/** How `lit` and `peeled` find the normal: the surface's own, the triangle's, or none because it is a cut. */
export const LOOK = { smooth: 0, flat: 1, cut: 2 } as const;

const LIT = `
uniform vec3 uRight, uUp, uForward, uBackground;
uniform vec4 uColour;
uniform int uLook;
in vec3 vNormal;
vec3 lit() {
  vec3 n = normalize(uLook == ${LOOK.smooth} ? vNormal : cross(dFdx(vFromCentre), dFdy(vFromCentre)));
  n = dot(n, uForward) > 0.0 ? -n : n;
  vec3 key = normalize(-uForward + 0.75 * uUp - 0.55 * uRight);
  float diffuse = 0.5 + 0.5 * dot(n, key);
  float facing = max(dot(n, -uForward), 0.0);
  float rim = pow(1.0 - facing, 3.0);
  float shine = pow(max(dot(n, normalize(key - uForward)), 0.0), 32.0);
  vec3 rgb = uLook == ${LOOK.cut}
    ? uColour.rgb * (0.50 + 0.22 * facing) // no shine: it was never a surface
    : uColour.rgb * (0.20 + 0.06 * dot(n, uUp) + 0.92 * diffuse * diffuse) + 0.14 * shine
      + mix(uColour.rgb, vec3(0.75, 0.85, 1.0), 0.6) * 0.16 * rim;
  return mix(rgb, uBackground, 0.45 * smoothstep(0.25, 0.85, gl_FragCoord.z));
}`;

const BODY: Readonly<Record<MeshUse, readonly [string, string]>> = {
  lit: [`${LIT}\nout vec4 colour;`, 'colour = vec4(lit(), 1.0);'],
  peeled: [
    `${LIT}
uniform highp usampler2D uSolid;
uniform highp sampler2D uPeeled;
out vec4 colour;`,
    `ivec2 px = ivec2(gl_FragCoord.xy);
  if (gl_FragCoord.z * 65534.0 > float(texelFetch(uSolid, px, 0).r)) discard;
  if (gl_FragCoord.z <= texelFetch(uPeeled, px, 0).r + 1.5e-7) discard;
  colour = vec4(lit() * uColour.a, uColour.a);`,
  ],
  count: ['out vec4 colour;', 'colour = vec4(0.0);'],
  depth: ['out uvec4 depth;', 'depth = uvec4(floatBitsToUint(gl_FragCoord.z), 0u, 0u, 0u);'],
};

/** `cut`: leaves out what lies beyond the slice planes. */
export function meshFragment(use: MeshUse, cut: boolean): string {
  const [head, body] = BODY[use];
  return `#version 300 es
precision highp float;
precision highp int;
in vec3 vFromCentre;
uniform vec3 uKeepLo, uKeepHi;
${head}
void main() {
  ${cut ? 'if (any(lessThan(vFromCentre, uKeepLo)) || any(greaterThan(vFromCentre, uKeepHi))) discard;' : ''}
  ${body}
}`;
}

/** The solid surfaces as the whole picture, where no volume is marched. */
export const PRESENT_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
uniform sampler2D uMeshColour;
uniform highp sampler2D uMeshDepth;
uniform bool uHasMesh;
uniform vec3 uBackground;
layout(location = 0) out vec4 colour;
layout(location = 1) out uint depth;
void main() {
  ivec2 px = ivec2(gl_FragCoord.xy);
  vec4 mesh = uHasMesh ? texelFetch(uMeshColour, px, 0) : vec4(0.0);
  colour = vec4(uBackground * (1.0 - mesh.a) + mesh.rgb, 1.0); // premultiplied: edges are averaged
  depth = mesh.a > 0.0 ? uint(texelFetch(uMeshDepth, px, 0).r * 65534.0) : 65535u;
}`;

/** One picture over another of the same size, pixel by pixel. */
export const OVER_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D uFrom;
out vec4 colour;
void main() { colour = texelFetch(uFrom, ivec2(gl_FragCoord.xy), 0); }`;
