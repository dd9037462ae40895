/**
 * `hounsfield/viewer`: a CT on screen. Three linked reslices and a 3D overview on one WebGL2 canvas, with the
 * DOM around it that sliders, keys and screen readers need. No framework, no dependency, no network.
 *
 * ```ts
 * const viewer = createViewer(element);
 * viewer.open({ sizeVoxel: [512, 512, 133], rasFromVoxel });
 * for await (const { z0, n, voxels } of slabs) await viewer.uploadSlab(z0, n, voxels);
 * viewer.setMask('bones', { name: 'Bones', colour: '#F2B84B', opacity: 0.4, visible: true });
 * await viewer.uploadMask('bones', { z0: 0, n: 133 }, bits);
 * viewer.set({ window: WINDOW_PRESETS.bone });
 * await viewer.setSurface('skull', { ...(await surface.mesh()), rgb: [242, 184, 75], opacity: 0.6 });
 * viewer.set({ overview: 'surfaces', cutAway: ['A'], measuring: 'distance' });
 * viewer.on('measured', (m) => console.log(m.kind, m.pointsRasMm));
 * viewer.on('hover', (at) => console.log(at?.hu));
 * ```
 *
 * `affine` and `planes` are the geometry, `scan-textures` what the card holds, `slice-*` the reslices,
 * `proxy`, `march-shader` and `marcher` the overview, `mesh-*`, `surface-layers`, `see-through`,
 * `clip` and `clustering` surfaces,
 * `volume-renderer` the 3D pane of both, `stage` the order of a frame, `navigation`, `input` and `gestures` the hand,
 * `measure*` distances and angles, `pane-dom`, `surroundings` and `styles` the DOM, `api` the interface and `viewer` what is behind it.
 */
export { createViewer } from './viewer.js';
export type { Viewer, ViewerOptions } from './api.js';
export { MAX_MASKS, MAX_RANGES, ViewerError, WINDOW_PRESETS } from './types.js';
export type {
  CameraView,
  Convention,
  Hover,
  HuWindow,
  Layout,
  Letter,
  LiveRange,
  MaskStyle,
  OpenReport,
  Pane,
  PaneView,
  Pick,
  SlicePane,
  SurfaceShape,
  SurfaceStyle,
  ViewerErrorCode,
  ViewerEvents,
  ViewerSurface,
  ViewerVolume,
  ViewState,
} from './types.js';
export { angleDeg, lengthMm, measured } from './measure.js';
export type { Measured, Measurement, MeasureKind } from './measure.js';
export { ENGLISH } from './words.js';
export type { ViewerWords } from './words.js';
export type { Vec3 } from './affine.js';
