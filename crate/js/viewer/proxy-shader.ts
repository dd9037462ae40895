/** A reduced copy of scan and masks for the 3D pane, made on the card from the textures that are there anyway. */

const head = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler3D;
precision highp isampler3D;
precision highp usampler3D;
uniform int uLayer;
uniform ivec3 uSource, uTarget;
out vec4 value;
`;

/**
 * Means over the box of source voxels that a proxy voxel covers, at most 4 samples an axis: the proxy is
 * never more than a few times coarser, and a sample more or less does not show.
 */
const box = (sum: string): string => `
void main() {
  ivec3 at = ivec3(gl_FragCoord.xy, uLayer);
  ivec3 lo = (at * uSource) / uTarget;
  ivec3 hi = max(lo + 1, ((at + 1) * uSource + uTarget - 1) / uTarget);
  hi = min(hi, uSource);
  ivec3 step = max(ivec3(1), (hi - lo + 3) / 4);
  float sum = 0.0, count = 0.0;
  for (int z = lo.z; z < hi.z; z += step.z)
    for (int y = lo.y; y < hi.y; y += step.y)
      for (int x = lo.x; x < hi.x; x += step.x) {
        ${sum}
        count += 1.0;
      }
  value = vec4(sum / count);
}`;

/** HU to 0 … 1 between −1024 and +1016: 8 HU a step, which is finer than the eye sees in an overview. */
export const REDUCE_CT = `${head}
uniform isampler3D uFrom;
uniform highp usampler2D uLoaded;
uniform vec2 uHu;
${box(`float hu = texelFetch(uLoaded, ivec2(z, 0), 0).r == 0u ? -1024.0 : float(texelFetch(uFrom, ivec3(x, y, z), 0).r) * uHu.x + uHu.y;
        sum += clamp((hu + 1024.0) / 2040.0, 0.0, 1.0);`)}`;

/** The share of set bits, 0 … 1. */
export const REDUCE_MASK = `${head}
uniform usampler3D uFrom;
${box('sum += float((texelFetch(uFrom, ivec3(x >> 3, y, z), 0).r >> uint(x & 7)) & 1u);')}`;

/**
 * A binomial blur in eight filtered fetches: a fetch half a voxel off along each axis is the mean of two
 * neighbours, and the mean of both sides is 1-2-1. Without it a surface shows every stair of the voxels.
 */
export const BLUR = `${head}
uniform sampler3D uFrom;
uniform float uReach;
void main() {
  vec3 texel = 1.0 / vec3(uTarget);
  vec3 p = (vec3(gl_FragCoord.xy, float(uLayer) + 0.5)) * texel;
  vec3 o = texel * uReach;
  float sum = 0.0;
  for (int k = 0; k < 8; k++) {
    vec3 side = vec3(k & 1, (k >> 1) & 1, k >> 2) * 2.0 - 1.0;
    sum += textureLod(uFrom, p + side * o, 0.0).r;
  }
  value = vec4(sum / 8.0);
}`;

/** Voxels of the reduced volume along each side of a brick. */
export const BRICK = 8;

/**
 * Least and most of a brick, one voxel beyond its borders included because filtering reads that far.
 * `uSpan` keeps (least, most) of a scan; otherwise the most of each of four masks is kept.
 */
export const SUMMARISE = `${head}
uniform sampler3D uFrom;
uniform bool uSpan;
void main() {
  ivec3 lo = max(ivec3(gl_FragCoord.xy, uLayer) * ${BRICK} - 1, ivec3(0));
  ivec3 hi = min(ivec3(gl_FragCoord.xy, uLayer) * ${BRICK} + ${BRICK + 1}, uTarget);
  vec4 least = vec4(1.0), most = vec4(0.0);
  for (int z = lo.z; z < hi.z; z++)
    for (int y = lo.y; y < hi.y; y++)
      for (int x = lo.x; x < hi.x; x++) {
        vec4 v = texelFetch(uFrom, ivec3(x, y, z), 0);
        least = min(least, v);
        most = max(most, v);
      }
  value = uSpan ? vec4(least.r, most.r, 0.0, 0.0) : most;
}`;
