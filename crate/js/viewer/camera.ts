/** The orthographic camera of the 3D pane: parallel rays keep millimetres true at every depth. */
import { addScaled, apply, applyLinear, cross } from './affine.js';
import type { Affine, Vec3 } from './affine.js';
import type { BoxMm } from './planes.js';
import type { CameraView } from './types.js';

/** A camera resolved against a scan: unit vectors in RAS, the point it turns about, and its depth range. */
export interface Camera {
  readonly right: Vec3;
  readonly up: Vec3;
  /** Into the screen. */
  readonly forward: Vec3;
  /** The RAS point in the middle of the pane. */
  readonly centreMm: Vec3;
  /** Rays start `reachMm` before the centre and end as far behind it; the whole scan lies between. */
  readonly reachMm: number;
  readonly mmPx: number;
}

/** The ray of a pixel in another frame: starts at `origin + x · du + y · dv`, advances by `along` per mm. */
export interface RayMap {
  readonly origin: Vec3;
  readonly du: Vec3;
  readonly dv: Vec3;
  readonly along: Vec3;
}

/** Room for what sticks out when the scan is tipped a little. */
const FIT_MARGIN = 1.14;

/** Resolves the view for a pane of `width × height` pixels. */
export function cameraOf(view: CameraView, box: BoxMm, width: number, height: number): Camera {
  const azimuth = (view.azimuthDeg * Math.PI) / 180;
  const elevation = (view.elevationDeg * Math.PI) / 180;
  // Azimuth 0 stands before the face (+A) and looks back; 90 stands at the patient's left (−R).
  const forward: Vec3 = [
    Math.sin(azimuth) * Math.cos(elevation),
    -Math.cos(azimuth) * Math.cos(elevation),
    -Math.sin(elevation),
  ];
  const right: Vec3 = [-Math.cos(azimuth), -Math.sin(azimuth), 0];
  const up = cross(right, forward);
  const size: Vec3 = [box.hi[0] - box.lo[0], box.hi[1] - box.lo[1], box.hi[2] - box.lo[2]];
  // The fit does not depend on the angles, so that nothing breathes while turning.
  const fit = Math.max(
    Math.max(size[0], size[1]) / Math.max(1, width),
    size[2] / Math.max(1, height),
  );
  const middle: Vec3 = [
    (box.lo[0] + box.hi[0]) / 2,
    (box.lo[1] + box.hi[1]) / 2,
    (box.lo[2] + box.hi[2]) / 2,
  ];
  return {
    right,
    up,
    forward,
    centreMm: addScaled(addScaled(middle, right, view.panMm[0]), up, view.panMm[1]),
    reachMm: Math.hypot(...size) / 2 + Math.hypot(...view.panMm),
    mmPx: (fit * FIT_MARGIN) / view.zoom,
  };
}

/** The rays of a `width × height` pixel target in the frame that `frameFromRas` leads to. */
export function rayMap(
  camera: Camera,
  width: number,
  height: number,
  mmPx: number,
  frameFromRas: Affine,
): RayMap {
  const corner = addScaled(
    addScaled(
      addScaled(camera.centreMm, camera.forward, -camera.reachMm),
      camera.right,
      (-width / 2) * mmPx,
    ),
    camera.up,
    (-height / 2) * mmPx,
  );
  return {
    origin: apply(frameFromRas, corner),
    du: applyLinear(frameFromRas, addScaled([0, 0, 0], camera.right, mmPx)),
    dv: applyLinear(frameFromRas, addScaled([0, 0, 0], camera.up, mmPx)),
    along: applyLinear(frameFromRas, camera.forward),
  };
}

/** The RAS point `depthMm` along the ray of a pixel; `x` right, `y` up from the lower left corner. */
export function rasAtDepth(
  camera: Camera,
  width: number,
  height: number,
  x: number,
  y: number,
  depthMm: number,
): Vec3 {
  const start = addScaled(camera.centreMm, camera.forward, depthMm - camera.reachMm);
  return addScaled(
    addScaled(start, camera.right, (x - width / 2) * camera.mmPx),
    camera.up,
    (y - height / 2) * camera.mmPx,
  );
}

/** Angles brought into range: azimuth −180 … 180, elevation −90 … 90. */
export function turned(view: CameraView, azimuthDeg: number, elevationDeg: number): CameraView {
  const azimuth = view.azimuthDeg + azimuthDeg;
  return {
    ...view,
    azimuthDeg: azimuth - 360 * Math.round(azimuth / 360),
    elevationDeg: Math.min(90, Math.max(-90, view.elevationDeg + elevationDeg)),
  };
}
