import type {
  BonesParams,
  BonesReport,
  CheckItem,
  EngineInfo,
  Histogram,
  IntensitySummary,
  LabelMeasures,
  LungMeasures,
  LungsParams,
  LungsReport,
  PrepareStep,
  ScanInfo,
  SeriesInfo,
  SurfaceInfo,
  SurfaceOptions,
} from 'hounsfield';
import type { HuWindow, Layout, Measurement, MeasureKind, ViewState } from 'hounsfield/viewer';
import { create } from 'zustand';

import type { Choice, Contents } from './lib/contents.js';
import type { Coronal } from './lib/coronal.js';
import type { Egress } from './lib/egress.js';
import { storedSingleKeys } from './lib/prefs.js';
import { PREPARE_DEFAULTS } from './lib/prepare.js';
import type { PrepareParams } from './lib/prepare.js';
import type { Problem } from './lib/problem.js';
import { SLICES_DEFAULTS } from './lib/slices.js';
import type { SlicesParams } from './lib/slices.js';
import { SURFACE_DEFAULTS } from './lib/surface.js';
import type { SurfaceParams } from './lib/surface.js';
import { changed, failed, outcomeOf } from './lib/task.js';
import type { Progress, Task } from './lib/task.js';

/**
 * Everything the screen shows, as plain data. Each part is a union of named steps that carry just
 * the fields of that step. Handles (engine, scan, mask, viewer) are not here but in actions/, which
 * alone changes this state.
 */
export interface Session {
  readonly engine: EngineState;
  readonly memory: { readonly usedBytes: number; readonly limitBytes: number } | null;
  readonly egress: Egress;
  /** The attempt to open something. It never touches `scan` until it has succeeded. */
  readonly opening: Opening;
  /** The list of what was dropped, while it waits for the reader to choose. */
  readonly picking: Picking | null;
  readonly scan: OpenScan | null;
  readonly tasks: Tasks;
  /** Which task's panel is shown. Results of the others stay. */
  readonly panel: PanelId;
  /** What the next runs use. Absent: the engine's default. */
  readonly params: {
    readonly bones: BonesParams;
    readonly lungs: LungsParams;
    readonly prepare: PrepareParams;
    readonly slices: SlicesParams;
    readonly surface: SurfaceParams;
  };
  /** The threshold under the reader's hand, shown live, before bones are run at it. */
  readonly previewHu: number | null;
  readonly layers: Layers;
  /** What the next surface is of; `null`: the first mask, else the scan. */
  readonly surfaceOf: SurfaceOf | null;
  readonly surfaces: readonly SurfaceItem[];
  /** Masks being read from files, or why they could not be. */
  readonly adding: Adding;
  readonly view: View;
  /** What lies over all of it. */
  readonly overlay: 'measures' | 'report' | null;
  /** Whether single keys are commands; some speech input types letters by the dozen. */
  readonly singleKeys: boolean;
  /** A sentence for screen readers, spoken once. */
  readonly spoken: string;
}

export type EngineState =
  | { readonly step: 'starting' }
  | { readonly step: 'ready'; readonly info: EngineInfo }
  /** `reopenName`: what was open, if anything. */
  | { readonly step: 'lost'; readonly problem: Problem; readonly reopenName: string | null };

export type Opening =
  | { readonly step: 'idle' }
  /** Folders are being walked through. */
  | { readonly step: 'gathering'; readonly name: string; readonly files: number }
  /** Headers are being read. */
  | {
      readonly step: 'listing';
      readonly name: string;
      readonly files: number;
      readonly bytes: number;
      readonly progress: Progress;
    }
  | {
      readonly step: 'reading';
      readonly name: string;
      /** Of the files; `null` for what is made here. */
      readonly bytes: number | null;
      /** From the headers, before any voxel is read. */
      readonly about: Geometry | null;
      readonly progress: Progress;
    }
  | {
      readonly step: 'failed';
      readonly name: string;
      readonly problem: Problem;
      /** There was too little memory beside the scan that is open. */
      readonly closingHelps: boolean;
      /** There is a list with other series to go back to. */
      readonly canPickAgain: boolean;
    };

/** What headers say of a volume to be. */
export type Geometry = Pick<SeriesInfo, 'sizeVoxel' | 'spacingMm' | 'volumeBytes'>;

export interface Picking {
  readonly contents: Contents;
  /** What the list shows first: the suggestion, or what was chosen before. */
  readonly choice: Choice;
  /** The series that is open already. */
  readonly openId: string | null;
}

export interface OpenScan {
  /** Counts openings: the same file opened again is another scan. */
  readonly nth: number;
  /** As people call it: the file's name, the series' title, or "Sample scan". */
  readonly name: string;
  readonly info: ScanInfo;
  readonly bytes: number | null;
  readonly intensity: IntensitySummary | null;
  readonly check: Check;
  /** What it was picked from; `null` for what is made here. */
  readonly contents: Contents | null;
  /** Slices the viewer has so far. */
  readonly paintedSlices: number;
  /** What the graphics card could not take, or "". */
  readonly viewerNote: string;
}

export type Check =
  | { readonly step: 'running' }
  | { readonly step: 'done'; readonly items: readonly CheckItem[] }
  | { readonly step: 'failed'; readonly what: string };

/** What the engine is asked for, and what each answer is on the screen. */
export interface Outcomes {
  readonly bones: BonesOutcome;
  readonly lungs: LungsOutcome;
  readonly measures: MeasuresOutcome;
  readonly histogram: HistogramOutcome;
  readonly report: ReportOutcome;
  readonly prepare: PrepareOutcome;
  readonly slices: SlicesOutcome;
  readonly surface: SurfaceOutcome;
  readonly surfaceFile: SurfaceFileOutcome;
}

export type PanelId = 'bones' | 'lungs' | 'surface' | 'prepare';
export type TaskId = keyof Outcomes;
export type Tasks = { readonly [K in TaskId]: Task<Outcomes[K]> };

export interface BonesOutcome {
  /** Counts runs: what the reader did to the parts of one run says nothing about the next. */
  readonly run: number;
  readonly report: BonesReport;
  /** The threshold the reader asked for; `null`: the engine chose. */
  readonly askedHu: number | null;
  /** What the engine chooses by itself on this scan. */
  readonly suggestedHu: number;
  /** The size of the mask file, once it has been encoded. */
  readonly fileBytes: number | null;
}

export interface LungsOutcome {
  readonly run: number;
  readonly report: LungsReport;
  /** The size of the label map's file, once it has been encoded. */
  readonly fileBytes: number | null;
}

export interface MeasuresOutcome {
  /** Which masks were measured, by {@link masksKey}. */
  readonly of: string;
  readonly labels: readonly LabelMeasures[];
  readonly lungs: LungMeasures | null;
}

/** Whose values are counted. */
export type HistogramOf = 'scan' | LayerId;

export interface HistogramOutcome {
  /** The scan or the mask whose values were counted, by {@link maskKey}. */
  readonly key: string;
  readonly histogram: Histogram;
}

/** What the lung report shows beside the result itself. */
export interface ReportOutcome {
  /** Of which lungs. */
  readonly run: number;
  /** When it was made: 2026-01-31. */
  readonly day: string;
  readonly measures: LungMeasures;
  readonly histograms: Readonly<Record<'whole' | 'left' | 'right', Histogram>>;
  readonly picture: Coronal | null;
}

/** A copy of the scan and of these masks, and how it was made. */
export interface PrepareOutcome {
  readonly info: ScanInfo;
  readonly steps: readonly PrepareStep[];
  readonly masks: readonly { readonly id: LayerId; readonly name: string }[];
}

/** Slices that were saved as pictures. */
export interface SlicesOutcome {
  /** The zip or the folder they are in. */
  readonly name: string;
  readonly slices: number;
  readonly bytes: number;
  /** Who is who, as CSV: not among what was saved. */
  readonly map: string;
}

/** Surfaces are in a list of their own; this is what the last run added to it. */
export interface SurfaceOutcome {
  readonly last: SurfaceId;
}

export interface SurfaceFileOutcome {
  readonly name: string;
  readonly bytes: number;
}

export type SurfaceId = `surface-${number}`;

/** What a surface is of. */
export type SurfaceOf = 'scan' | LayerId;

export interface SurfaceItem {
  readonly id: SurfaceId;
  readonly name: string;
  readonly colour: string;
  /** 0 to 1. */
  readonly opacity: number;
  readonly visible: boolean;
  readonly info: SurfaceInfo;
  /** `null`: a file. `key` is another one as soon as the mask has changed. */
  readonly source: {
    readonly of: SurfaceOf;
    readonly key: string;
    readonly options: SurfaceOptions;
  } | null;
}

/** Those that the app makes by itself, and masks that were added from files. */
export type LayerId = OwnLayerId | AddedId;
export type OwnLayerId = 'bones' | 'leftLung' | 'rightLung' | 'airways' | 'truth';
export type AddedId = `added-${number}`;

export type Layers = Readonly<Record<OwnLayerId, Layer>> &
  Readonly<Partial<Record<AddedId, Layer>>>;

export type Adding =
  | { readonly step: 'idle' }
  | { readonly step: 'reading'; readonly name: string; readonly progress: Progress }
  | { readonly step: 'failed'; readonly name: string; readonly problem: Problem };

export interface Layer {
  readonly name: string;
  readonly colour: string;
  /** 0 to 1. */
  readonly opacity: number;
  readonly visible: boolean;
  /** Whether there is such a mask at all. */
  readonly present: boolean;
  /** What to know of it, a sentence each. */
  readonly notes?: readonly string[];
  /** Was its stack turned over? Absent: there is no doubt which end is up. */
  readonly turned?: boolean;
}

export interface View {
  readonly window: HuWindow;
  readonly layout: Layout;
  readonly overlayVisible: boolean;
  /** What the 3D view shows. */
  readonly overview: ViewState['overview'];
  /** Sides of the slices that the 3D view leaves out. */
  readonly cutAway: ViewState['cutAway'];
  /** What the next clicks measure. */
  readonly measuring: MeasureKind | null;
  /** Of this scan. */
  readonly measurements: readonly Measurement[];
  /** The viewer cannot draw: why, in a sentence. */
  readonly trouble: string;
}

export const PRESETS = [
  { key: '1', name: 'Bone', window: { centreHu: 400, widthHu: 1800 } },
  { key: '2', name: 'Lung', window: { centreHu: -600, widthHu: 1500 } },
  { key: '3', name: 'Soft tissue', window: { centreHu: 40, widthHu: 400 } },
  { key: '4', name: 'Brain', window: { centreHu: 40, widthHu: 80 } },
  { key: '5', name: 'Mediastinum', window: { centreHu: 50, widthHu: 350 } },
] as const satisfies readonly { key: string; name: string; window: HuWindow }[];

/** Only the layers' looks survive from scan to scan. */
const LAYERS: Layers = {
  bones: own('Bones', '#F2B84B', 0.6),
  leftLung: own('Left lung', '#5BC0EB', 0.4),
  rightLung: own('Right lung', '#3A86C8', 0.4),
  airways: own('Airways', '#7BD389', 0.6),
  truth: { ...own('True bones (phantom)', '#C792EA', 0.5), visible: false },
};

function own(name: string, colour: string, opacity: number): Layer {
  return { name, colour, opacity, visible: true, present: false };
}

export const useSession = create<Session>(() => ({
  engine: { step: 'starting' },
  memory: null,
  egress: { sentBytes: 0, ownFiles: 0, elsewhere: [], blocked: [] },
  opening: { step: 'idle' },
  picking: null,
  scan: null,
  tasks: {
    bones: { step: 'none' },
    lungs: { step: 'none' },
    measures: { step: 'none' },
    histogram: { step: 'none' },
    report: { step: 'none' },
    prepare: { step: 'none' },
    slices: { step: 'none' },
    surface: { step: 'none' },
    surfaceFile: { step: 'none' },
  },
  panel: 'bones',
  params: {
    bones: {},
    lungs: {},
    prepare: PREPARE_DEFAULTS,
    slices: SLICES_DEFAULTS,
    surface: SURFACE_DEFAULTS,
  },
  previewHu: null,
  layers: LAYERS,
  surfaceOf: null,
  surfaces: [],
  adding: { step: 'idle' },
  view: {
    window: PRESETS[2].window,
    // Four views on a phone would be four stamps.
    layout: matchMedia('(max-width: 767px)').matches ? 'axial' : '2x2',
    overlayVisible: true,
    overview: 'volume',
    cutAway: [],
    measuring: null,
    measurements: [],
    trouble: '',
  },
  overlay: null,
  singleKeys: storedSingleKeys(),
  spoken: '',
}));

export const get = useSession.getState;
export const set = useSession.setState;

export function setView(change: Partial<View>): void {
  set((s) => ({ view: { ...s.view, ...change } }));
}

export function setLayer(id: LayerId, change: Partial<Layer>): void {
  set((s) => {
    const layer = s.layers[id];
    return layer ? { layers: { ...s.layers, [id]: { ...layer, ...change } } } : s;
  });
}

export function addLayers(layers: readonly (readonly [AddedId, Layer])[]): void {
  set((s) => ({ layers: { ...s.layers, ...Object.fromEntries(layers) } }));
}

export function dropLayers(ids: readonly AddedId[]): void {
  set(({ layers }) => {
    const rest = Object.entries(layers).filter(([id]) => !ids.includes(id as AddedId));
    return { layers: Object.fromEntries(rest) as Layers };
  });
}

/** Every mask there is, the app's own first. */
export function presentLayers(layers: Layers): (readonly [LayerId, Layer])[] {
  return (Object.entries(layers) as [LayerId, Layer][]).filter(([, { present }]) => present);
}

/** One of a mask: another one as soon as the mask has changed. */
export function maskKey({ tasks }: Session, id: LayerId): string {
  const [bones, lungs] = [outcomeOf(tasks.bones), outcomeOf(tasks.lungs)];
  if (id === 'bones') return `bones ${bones?.run} ${bones?.report.voxels}`;
  if (id === 'truth' || id.startsWith('added-')) return id;
  return `${id} ${lungs?.run}`;
}

/** The same of all masks there are. */
export function masksKey(session: Session): string {
  return presentLayers(session.layers)
    .map(([id, { name }]) => `${maskKey(session, id)} ${name}`)
    .join('\n');
}

/** `undefined` goes back to the engine's default. */
export function setParams<K extends keyof Session['params']>(
  id: K,
  change: { [P in keyof Session['params'][K]]?: Session['params'][K][P] | undefined },
): void {
  set(({ params }) => {
    const next = Object.entries({ ...params[id], ...change }).filter(([, v]) => v !== undefined);
    return { params: { ...params, [id]: Object.fromEntries(next) } };
  });
}

export function setTask<K extends TaskId>(
  id: K,
  change: (task: Task<Outcomes[K]>) => Task<Outcomes[K]>,
): void {
  set(({ tasks }) => ({ tasks: { ...tasks, [id]: change(tasks[id]) } }));
}

/** Changes the outcome on screen; nothing while another one is on its way. */
export function setOutcome<K extends TaskId>(id: K, change: Partial<Outcomes[K]>): void {
  setTask(id, (task) => changed(task, change));
}

/** Tells of something that failed beside an outcome that stays. */
export function failTask<K extends TaskId>(id: K, title: string, problem: Problem): void {
  setTask(id, (task) => failed(task, title, problem));
}
