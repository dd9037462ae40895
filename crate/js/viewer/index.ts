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
 * viewer.on('hover', (at) => console.log(at?.hu));
 * ```
 *
 * `affine` and `planes` are the geometry, `scan-textures` what the card holds, `slice-*` the reslices,
 * `proxy`, `march-shader` and `volume-renderer` the 3D pane, `stage` the order of a frame, `navigation` and
 * `input` and `gestures` the hand, `pane-dom`, `surroundings` and `styles` the DOM, `api` the interface and `viewer` what is behind it.
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
  LiveRange,
  MaskStyle,
  OpenReport,
  Pane,
  PaneView,
  Pick,
  SlicePane,
  ViewerErrorCode,
  ViewerEvents,
  ViewerVolume,
  ViewState,
} from './types.js';
export { ENGLISH } from './words.js';
export type { ViewerWords } from './words.js';
export type { Vec3 } from './affine.js';
