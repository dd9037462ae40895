/**
 * The shapes that cross between an app and the engine. Bulk data are typed arrays, small data plain
 * objects, long-lived data handles ({@link Scan}, {@link Mask}) that are disposed of.
 *
 * Voxel axes are in closest-RAS order (x to the Right, y Anterior, z Superior), whatever order the
 * file had; `toNifti()` turns masks back to the file's own grid.
 */

/** x, y, z. */
export type Triple = readonly [number, number, number];

/** Where a running job is. */
export interface ProgressReport {
  /** A few words for people: "reading", "component curve", …. */
  readonly stage: string;
  /** Of the whole job, 0 to 1. */
  readonly fraction: number;
}

/** Every slow call takes these. */
export interface CallOptions {
  /**
   * Abort rejects at once with `signal.reason`. The engine is free again between two slabs of work,
   * a few milliseconds later; on a page that is not isolated, too, unless a policy without
   * `connect-src blob:` keeps the worker from noticing. Then it ends the call first.
   */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((report: ProgressReport) => void) | undefined;
}

/** Something a reader of a result must know. */
export interface Note {
  readonly code: string;
  readonly message: string;
}

/** What a header says, and what opening it will take. */
export interface ScanInfo {
  readonly name: string;
  /** "NIfTI-1", "DICOM", "NRRD", "PNG stack", "phantom", …. */
  readonly format: string;
  /** Voxels along x, y, z in closest-RAS order. */
  readonly sizeVoxel: Triple;
  readonly spacingMm: Triple;
  /** 3×4, row-major: RAS millimetres from voxel indices. */
  readonly rasFromVoxel: readonly number[];
  /** The file's own axis order, e.g. "LPS". */
  readonly fileAxes: string;
  /** The file's voxel type, e.g. "int16". */
  readonly storedType: string;
  /** How the voxels are held here. */
  readonly heldAs: 'i16' | 'f32';
  readonly notes: readonly Note[];
  /** What the reader learned about the scan; {@link Scan.check} judges it. */
  readonly facts: Facts;
  /** Bytes while it is open. */
  readonly volumeBytes: number;
  /** Peak bytes while bones are segmented, worked out before anything is read. */
  readonly peakBytes: number;
  /** Bytes this engine may use. */
  readonly limitBytes: number;
}

/** How the slices of a series lie. */
export interface StackFacts {
  /**
   * The volume's axis along which slices are stacked, which {@link made} counts along: 'z' for axial
   * slices, 'y' for coronal, 'x' for sagittal ones.
   */
  readonly axis: 'x' | 'y' | 'z';
  readonly planes: number;
  readonly found: number;
  /** Planes for which there is no slice, not even a broken one. */
  readonly missing: number;
  /** Planes that were interpolated on request, by their index along {@link axis}. */
  readonly made: readonly number[];
  readonly duplicates: number;
  /** Slices left out because they could not be read. */
  readonly broken: number;
  /** Slices of the same series that lie alike, but differ and are listed by themselves. */
  readonly elsewhere: number;
  /** How many of {@link elsewhere} lie between slices of this stack. */
  readonly between: number;
  readonly stepMm: number;
  readonly minStepMm: number;
  readonly maxStepMm: number;
  /** How far the slice that is farthest from its plane lies from it, along the normal. */
  readonly offMm: number;
  /** How far a slice lies to the side of the line on which the others are; 0 within a tenth of a pixel. */
  readonly strayMm: number;
  readonly thicknessMm: number | null;
  readonly tiltDeg: number;
  readonly tiltCorrected: boolean;
  readonly stepFromPositions: boolean;
}

/** What a file says about itself. */
export interface Facts {
  /** "CT", "MR", …; empty where the file does not say. */
  readonly modality: string;
  readonly units: 'unknown' | 'hu' | 'stored' | 'other' | 'grey';
  readonly coneBeam: boolean;
  readonly placement: 'stated' | 'assumed';
  /**
   * Where the distance of pixels comes from: the file; the file, but only that at the detector; the
   * reader; or nothing states it, and it is 1 mm.
   */
  readonly pixelSpacing: 'stated' | 'detector' | 'given' | 'assumed';
  readonly stack: StackFacts | null;
  /** Lowest and highest slope and intercept of all slices. */
  readonly rescale: {
    readonly slope: readonly [number, number];
    readonly intercept: readonly [number, number];
    readonly differs: boolean;
    /** Slices that have neither, while the others have them. */
    readonly missing: number;
  } | null;
  readonly paddingHu: number | null;
  readonly contrastAgent: boolean | null;
  readonly lossy: boolean;
}

/** One question of the CT check, and its answer. */
export interface CheckItem {
  /** "modality", "hu", "padding", "spacing", "missing", "tilt", "orientation", "rescale", "contrast", …. */
  readonly id: string;
  readonly title: string;
  readonly status: 'pass' | 'warn' | 'fail';
  /** The numbers behind it. */
  readonly value: string;
  /** One sentence. */
  readonly message: string;
}

/** Something among the dropped files that can be opened as one volume. */
export interface SeriesInfo {
  /** Names it in its listing: "1", "2", …. */
  readonly id: string;
  readonly title: string;
  readonly format: string;
  readonly modality: string;
  readonly files: number;
  readonly sizeVoxel: Triple;
  readonly spacingMm: Triple;
  /** The same along the file's i, j, k, as {@link OpenOptions.spacingMm} takes it. */
  readonly fileSpacingMm: Triple;
  readonly volumeBytes: number;
  readonly notes: readonly Note[];
  /** Which options would change the outcome. */
  readonly asks: {
    readonly gaps: boolean;
    readonly tilt: boolean;
    readonly spacing: boolean;
    /** {@link OpenOptions.turnOver}: nothing says which end of the stack is up. */
    readonly turnOver: boolean;
  };
}

/** Files that are no part of any series, for one reason. */
export interface LeftOut {
  readonly code: string;
  readonly reason: string;
  readonly count: number;
  /** Names of the first few. */
  readonly names: readonly string[];
}

/** How a series is opened. */
export interface OpenOptions extends CallOptions {
  /** Of the listing; default: the suggested one. */
  readonly series?: string | undefined;
  /** Missing and uneven planes: filled with padding (default), or interpolated and marked. */
  readonly gaps?: 'leave' | 'interpolate' | undefined;
  /** A tilted gantry: slices are shifted upright (default), the grid stays sheared, or it is refused. */
  readonly tilt?: 'correct' | 'keep' | 'refuse' | undefined;
  /** Distance of voxels along the file's i, j, k, for files that state none (or to overrule them). */
  readonly spacingMm?: Triple | undefined;
  /** Is the last picture of a stack the lowest slice? Default: the highest. */
  readonly turnOver?: boolean | undefined;
}

/** What was dropped, header only. Holds the headers in a worker until it is disposed of. */
export interface Listing extends Disposable {
  readonly series: readonly SeriesInfo[];
  /** The one that {@link open} takes when none is named; `null` when there is nothing to open. */
  readonly suggested: string | null;
  /** Why that one. */
  readonly reason: string;
  readonly leftOut: readonly LeftOut[];
  /** What opening one with these options would give, from its headers. */
  inspect(options?: OpenOptions): Promise<ScanInfo>;
  /** Opens one; the listing stays and can open another. */
  open(options?: OpenOptions): Promise<Scan>;
  dispose(): void;
}

/** What a mask is of; decides names and codes (SNOMED CT) in exports. */
export type Anatomy = 'bone' | 'lung' | 'leftLung' | 'rightLung' | 'heart' | 'airway' | 'other';

export interface ExportOptions extends CallOptions {
  /** Name of the segment; default: that of `anatomy`. */
  readonly name?: string | undefined;
  /** Default: `other`. */
  readonly anatomy?: Anatomy | undefined;
}

/** How files of labels are opened. */
export interface MaskOptions extends CallOptions {
  /** Is the last slice the lowest one? For files that do not say where they lie, others stay. */
  readonly turnOver?: boolean | undefined;
}

/** One label of a file of labels. */
export interface LabelledMask {
  /** Colours of pictures are numbered from 1 by red, then green, then blue. */
  readonly label: number;
  /** "#rrggbb", where the file has colours; else `null`. */
  readonly colour: string | null;
  readonly mask: Mask;
  /** The file or stack it came from. */
  readonly source: string;
  /** What to know of it: placed by its size only, slices missing, …. */
  readonly notes: readonly Note[];
}

/** Lowest and highest value, and how much of the scan is padding (below −1024 HU). */
export interface IntensitySummary {
  readonly minHu: number;
  readonly maxHu: number;
  /** 0 to 1. */
  readonly paddingShare: number;
}

/** Parameters of the bones recipe; all optional. */
export interface BonesParams {
  /** `anatomy` (default): filled skeleton, contrast left out. `threshold`: [threshold, 1300] HU, cleaned. */
  readonly method?: 'anatomy' | 'threshold';
  /** Lower bound of bone; absent: chosen from the component curve. */
  readonly thresholdHu?: number | null;
  readonly minPartMl?: number;
  readonly closeMm?: number;
  readonly fill?: boolean;
  /** `largest`: one connected skeleton. `parts` (default): every part above `minPartMl`. */
  readonly keep?: 'largest' | 'parts';
  /** 6, 18 or 26 (default), for the component curve. */
  readonly neighbourhood?: 6 | 18 | 26;
}

/** Connected components in [threshold, 1300] HU for every threshold from `firstHu` on. */
export interface ComponentCurve {
  readonly firstHu: number;
  readonly neighbourhood: 6 | 18 | 26;
  /** One entry per HU: number of components. */
  readonly components: readonly number[];
  /** Voxels in [threshold, 1300]. */
  readonly voxels: readonly number[];
  /** Voxels of the largest component; empty where a scan has too many bright voxels to follow them. */
  readonly largestVoxels: readonly number[];
}

/** One rule's proposal. */
export interface ThresholdProposal {
  /** "resolution", "stable", "classical14", "classicalEvery", "given", "fallback". */
  readonly rule: string;
  /** `null`: the rule has no answer on this scan. */
  readonly thresholdHu: number | null;
  /** One sentence with the numbers behind it. */
  readonly reason: string;
}

/** Which threshold was chosen, why, and what the other rules would have chosen. */
export interface ThresholdChoice {
  readonly thresholdHu: number;
  readonly rule: string;
  readonly reason: string;
  readonly others: readonly ThresholdProposal[];
  /** Local minima of the full curve, in HU. */
  readonly minimaHu: readonly number[];
  /** Stretches over which the skeleton does not change its parts. */
  readonly stable: readonly { readonly fromHu: number; readonly toHu: number }[];
}

/** A part of the candidates, kept or dropped, and why. */
export interface BonePart {
  readonly id: number;
  readonly kept: boolean;
  /** "skeleton", "bone", "vessel", "organ", "denseContrast", "crumb", …. */
  readonly kind: string;
  readonly why: string;
  readonly volumeMl: number;
  readonly meanHu: number;
  readonly seedVoxel: Triple;
  readonly minVoxel: Triple;
  readonly maxVoxel: Triple;
}

/** The numbers of a bones run. */
export interface BonesReport {
  readonly thresholdHu: number;
  readonly voxels: number;
  readonly volumeMl: number;
  /** 26-connected components of the mask. */
  readonly components: number;
  readonly curve: ComponentCurve;
  readonly choice: ThresholdChoice;
  readonly parts: readonly BonePart[];
  /** A sentence, or empty. */
  readonly contrast: string;
  readonly notes: readonly Note[];
  /** The full parameters that were used: the recipe that replays this result. */
  readonly params: Required<BonesParams>;
}

/** Numbers about a mask. */
export interface MaskMeasures {
  readonly voxels: number;
  readonly volumeMl: number;
  /** 26-connected. */
  readonly components: number;
  /** Lowest and highest voxel inside; `null` for an empty mask. */
  readonly boxVoxel: { readonly min: Triple; readonly max: Triple } | null;
  readonly centroidRasMm: Triple | null;
  readonly meanHu: number | null;
}

/** Parameters of the lungs recipe; all optional. */
export interface LungsParams {
  /** `anatomy` (default): ours. `classical`: the published recipe, for comparison. */
  readonly method?: 'anatomy' | 'classical';
  /** Where the border of lung lies: a convention. Absent: −450 (`anatomy`) or −320 (`classical`). */
  readonly borderHu?: number | null;
  /** Trachea and main bronchi: taken `out`, taken out and given as a `label` (default), or left `in`. */
  readonly airways?: 'out' | 'label' | 'in';
  readonly closeMm?: number;
  readonly fill?: boolean;
}

/** One lung, or the airways. */
export interface LungSide {
  readonly voxels: number;
  readonly volumeMl: number;
}

/** The numbers of a lungs run. */
export interface LungsReport {
  /** The full parameters, with the border that was used: the recipe that replays this result. */
  readonly params: Required<LungsParams>;
  readonly borderHu: number;
  readonly found: boolean;
  /** One sentence: how it came out. */
  readonly summary: string;
  readonly left: LungSide;
  readonly right: LungSide;
  /** `null` when not asked for as a label. */
  readonly airways: LungSide | null;
  /** Of both lungs' volume, the left one's, 0 to 1. */
  readonly leftShare: number | null;
  /** What to look at: they catch some failures and not others. */
  readonly flags: readonly Note[];
  readonly notes: readonly Note[];
  /** A paragraph for the methods section of a paper. */
  readonly methods: string;
}

/** Numbers of one label. HU are of its voxels that are not padding; `null` without such. */
export interface LabelMeasures {
  readonly name: string;
  readonly voxels: number;
  /** Of these, padding: in voxels and volume, but in no HU. */
  readonly paddingVoxels: number;
  readonly volumeMl: number;
  readonly surfaceMm2: number;
  readonly boxVoxel: { readonly min: Triple; readonly max: Triple } | null;
  readonly centroidRasMm: Triple | null;
  readonly meanHu: number | null;
  readonly sdHu: number | null;
  readonly minHu: number | null;
  readonly p5Hu: number | null;
  readonly p15Hu: number | null;
  readonly medianHu: number | null;
  readonly p95Hu: number | null;
  readonly maxHu: number | null;
}

/** Numbers of one region of the lungs; shares in percent of its voxels that are not padding. */
export interface LungRegionMeasures extends LabelMeasures {
  readonly gasMl: number | null;
  /** By density = (HU + 1000)/1000. Beside it belongs the note `lung_weight`. */
  readonly tissueG: number | null;
  /** By the piecewise curve of Schneider. */
  readonly schneiderG: number | null;
  readonly overAeratedPercent: number | null;
  readonly normallyAeratedPercent: number | null;
  readonly poorlyAeratedPercent: number | null;
  readonly nonAeratedPercent: number | null;
  /** Over, normally, poorly and non-aerated, of the tissue's weight. */
  readonly aerationWeightPercent: readonly [number, number, number, number] | null;
  readonly laa950Percent: number | null;
  readonly laa910Percent: number | null;
  readonly laa856Percent: number | null;
}

/** What others found in a group of people whose lungs were taken to be normal. It binds nobody. */
export interface Norm {
  /** The field of {@link LungRegionMeasures} it is of, of both lungs; `.0` to `.3`: its place in a list. */
  readonly quantity: string;
  /** The mean, or what {@link of} says. */
  readonly mean: number;
  readonly sd: number | null;
  /** Two standard deviations below the mean, but not below 0; else as published. */
  readonly low: number | null;
  readonly high: number | null;
  /** What the numbers are, and of whom. */
  readonly of: string;
  /** Authors, journal, year. */
  readonly source: string;
  readonly doi: string;
}

/** Numbers of a pair of lungs. */
export interface LungMeasures {
  /** Both, left, right, then each lung's apical, middle and basal third. */
  readonly rows: readonly LungRegionMeasures[];
  readonly leftShare: number | null;
  /** What others found in normal lungs, to stand beside these. */
  readonly norms: readonly Norm[];
  /** What was left out, and the caveats that belong beside the numbers. */
  readonly notes: readonly Note[];
}

/** What `segment('lungs')` gives. */
export interface LungsResult extends Disposable {
  readonly left: Mask;
  readonly right: Mask;
  readonly airways: Mask | null;
  readonly report: LungsReport;
  /** The lung measures; airways and padding are not in them. */
  measure(options?: CallOptions): Promise<LungMeasures>;
  /** All as one label map: 1 left lung, 2 right lung, 3 airways. */
  toNifti(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  toNrrd(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  toDicomSeg(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  dispose(): void;
}

/** How often each value occurs; padding is not in it. */
export interface Histogram {
  /** The lowest value of the first bin. */
  readonly firstHu: number;
  readonly binHu: number;
  /** Voxels in each bin. */
  readonly counts: readonly number[];
  readonly paddingVoxels: number;
  /** Peaks that have a name: "air", "lung", "fat", "soft tissue", "bone". */
  readonly peaks: readonly { readonly kind: string; readonly hu: number; readonly count: number }[];
}

export interface HistogramOptions extends CallOptions {
  /** Of the voxels inside; default: of the whole scan. */
  readonly mask?: Mask | undefined;
  /** Width of a bin, ≥ 1; default 1. */
  readonly binHu?: number | undefined;
}

/** One step of preparing data for training: plain JSON that replays bit for bit. */
export type PrepareStep =
  | {
      readonly op: 'resample';
      readonly spacingMm: Triple;
      /** Between voxels; default linear. */
      readonly interpolation?: 'nearest' | 'linear' | 'cubic';
      /** Keeps fractions of a scan of whole numbers; default false. */
      readonly asF32?: boolean;
      /** Takes padding for values like any other; default false. */
      readonly blendPadding?: boolean;
    }
  /** Default −1000 to 400. */
  | { readonly op: 'normalise'; readonly minHu?: number; readonly maxHu?: number }
  /** Default 0.25. */
  | { readonly op: 'zeroCentre'; readonly mean?: number | 'measured' }
  | { readonly op: 'zScore' }
  /** To the box of all masks; default without a margin. */
  | { readonly op: 'crop'; readonly marginMm?: number }
  /** Default −1024 HU around the scan, in scaled scans their lowest value. */
  | { readonly op: 'pad'; readonly sizeVoxel: Triple; readonly value?: number }
  | { readonly op: 'reorient'; readonly axes: string };

/** A scan and its masks on a new grid. */
export interface Prepared {
  readonly scan: Scan;
  readonly masks: readonly Mask[];
}

/** What is inside a label of a dataset's masks. */
export interface DatasetLabel {
  readonly name: string;
  readonly mask: Mask;
  /** For people and palettes; default: white. */
  readonly rgb?: Triple | undefined;
}

/** How slices leave. */
export interface SlicesOptions extends CallOptions {
  /** What the files are called: letters, digits, `.`, `-` and `_`. Default: "case001". */
  readonly caseId?: string | undefined;
  /** What the map calls it: the key to the identity, and in no other file. Default: the scan's name. */
  readonly original?: string | undefined;
  /** In masks the first is 1, the second 2, …; where they overlap, the later one's number. */
  readonly labels?: readonly DatasetLabel[] | undefined;
  /** PNG of 8 bits (default, a window) or 16 (HU + 32768), or TIFF as the scan is held. */
  readonly format?: 'png8' | 'png16' | 'tiff16' | undefined;
  /** Default: axial. */
  readonly plane?: 'axial' | 'coronal' | 'sagittal' | undefined;
  /** Of 8-bit pictures; default: the range of the steps' `normalise`, else 40 ± 200 HU. */
  readonly window?: { readonly centreHu: number; readonly widthHu: number } | undefined;
  /** Masks with the labels' colours; programs that expand palettes then read no numbers. */
  readonly palette?: boolean | undefined;
}

/** A file of a dataset. */
export interface DataFile {
  /** With `/` between folders: "images/case001_042.png". */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One step of a recipe: plain JSON that replays bit for bit. */
export type RecipeStep =
  | { readonly op: 'threshold'; readonly minHu: number; readonly maxHu?: number }
  | { readonly op: 'largest'; readonly neighbourhood?: 6 | 18 | 26 }
  | { readonly op: 'dropSmall'; readonly minMl: number; readonly neighbourhood?: 6 | 18 | 26 }
  | { readonly op: 'dilate' | 'erode' | 'open' | 'close'; readonly radiusMm: number }
  | { readonly op: 'fill'; readonly axial?: boolean };

/** Which build runs, and why. */
export interface EngineInfo {
  readonly build: 'threaded' | 'single';
  readonly threads: number;
  /** Why not threads, when not: "the page is not cross-origin isolated", …. */
  readonly reason: string;
  readonly version: string;
}

/** The synthetic chest phantom. */
export interface PhantomOptions {
  readonly sizeVoxel?: Triple;
  readonly spacingMm?: Triple;
  readonly seed?: number;
  /** Contrast in aorta and heart; default true. */
  readonly contrast?: boolean;
  readonly noiseHu?: number;
}

/** How a surface is made; all optional, but `levelHu` of a scan without a mask. */
export interface SurfaceOptions {
  /** Of a scan: the surface where HU is this. A mask has no level. */
  readonly levelHu?: number | undefined;
  /**
   * Of a mask: vertices move along their edges to where the scan shows the boundary, which takes away
   * the stairs; default false.
   */
  readonly smoothByHu?: boolean | undefined;
  /** Close the surface where what is inside touches the scan's border; default false. */
  readonly capBorder?: boolean | undefined;
  /** Leave only the connected part with the largest area; default false. */
  readonly keepLargest?: boolean | undefined;
  /** Iterations of smoothing that does not shrink, 0 (default) to 1000; 10 take away a mask's stairs. */
  readonly smoothing?: number | undefined;
  /** Decimate to at most so many triangles; more may be left where the surface would tear. */
  readonly targetTriangles?: number | undefined;
  /** Decimate as long as nothing moves farther than this. */
  readonly toleranceMm?: number | undefined;
  /** What it is of: the name of its part in files; default none. */
  readonly name?: string | undefined;
  /** Red, green and blue, 0 to 255; default: a bone's. */
  readonly rgb?: Triple | undefined;
}

/** What a surface is, and its numbers. */
export interface SurfaceInfo {
  readonly name: string;
  readonly rgb: Triple;
  readonly triangles: number;
  readonly vertices: number;
  readonly areaMm2: number;
  /** Negative where triangles face inwards; `null` of an open surface, which has none. */
  readonly volumeMl: number | null;
  /** Does each edge belong to two triangles, which run along it in opposite directions? */
  readonly isClosed: boolean;
  /** Connected parts. */
  readonly parts: number;
  readonly boundsRasMm: { readonly min: Triple; readonly max: Triple };
  /**
   * Of a decimated surface: how far it is from the one before, at most (Hausdorff distance, sampled at
   * vertices and in the middle of triangles). Decimated again, the distances are added up.
   */
  readonly deviationMm?: number;
  /**
   * How the CT check of its scan came out, in one line ("CT check: fail hu"); it stands in every file of the
   * surface. "" where nobody knows: of a file that does not say.
   */
  readonly ctCheck: string;
  /** Sentences that belong beside it. */
  readonly notes: readonly string[];
}

/** A surface's arrays, which belong to the caller. */
export interface SurfaceMesh {
  /** x, y, z of each vertex in RAS millimetres. */
  readonly positionsRasMm: Float32Array<ArrayBuffer>;
  /** Of each vertex, of length 1, outwards. */
  readonly normals: Float32Array<ArrayBuffer>;
  /** Three vertices a triangle, counter-clockwise from outside. */
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** What a surface will be, counted before it is made. */
export interface SurfaceEstimate {
  readonly triangles: number;
  readonly vertices: number;
  /** Memory it takes. */
  readonly bytes: number;
}

/** Fewer triangles: one of the two at least. */
export interface SimplifyOptions {
  /** At most so many. */
  readonly targetTriangles?: number | undefined;
  /** As few as can be, while nothing moves farther than this. */
  readonly toleranceMm?: number | undefined;
}

/**
 * Files of surfaces: binary STL (triangles only: parts become one), OBJ, binary PLY and 3MF in
 * millimetres, GLB in metres with y up under a node that turns RAS millimetres so.
 */
export type SurfaceFormat = 'stl' | 'obj' | 'ply' | 'glb' | '3mf';

/** Triangles held by the engine, in RAS millimetres; they do not need their scan. */
export interface Surface extends Disposable {
  readonly info: SurfaceInfo;
  /** Its arrays, to be drawn. */
  mesh(): Promise<SurfaceMesh>;
  /** The same surface of fewer triangles, as a new one: to print, or to be drawn while it is turned. */
  simplify(options: SimplifyOptions, call?: CallOptions): Promise<Surface>;
  /** A file of it alone; {@link Engine.encodeSurfaces} writes several. */
  encode(format: SurfaceFormat, call?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  dispose(): void;
}

/** A mask held by the engine. */
export interface Mask extends Disposable {
  readonly sizeVoxel: Triple;
  /** Bits of slices [z0, z0 + n): x-rows padded to whole 8-byte words, bit k of byte b is x = 8 b + k. */
  bits(z0: number, n: number): Promise<Uint8Array<ArrayBuffer>>;
  measure(options?: CallOptions): Promise<MaskMeasures>;
  /** A `.nii.gz` on the scan's own grid. */
  toNifti(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** A `.seg.nrrd`, as 3D Slicer reads it, on the scan's own grid. */
  toNrrd(options?: ExportOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * A binary DICOM SEG that references the source series. Only of scans that came as DICOM; it
   * copies the patient's and the study's identification from the source, as the standard asks.
   */
  toDicomSeg(options?: ExportOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Its surface, to be turned, measured and printed; more than 50 million triangles are refused. */
  surface(options?: SurfaceOptions, call?: CallOptions): Promise<Surface>;
  /** What {@link surface} would make before it is smoothed or decimated, in a third of its time. */
  estimateSurface(options?: Pick<SurfaceOptions, 'capBorder'>): Promise<SurfaceEstimate>;
  dispose(): void;
}

/** What `segment('bones')` gives. */
export interface BonesResult extends Disposable {
  readonly mask: Mask;
  readonly report: BonesReport;
  /** Puts a part in or out; the mask changes in place, the new report comes back. */
  setPart(id: number, kept: boolean): Promise<BonesReport>;
  dispose(): void;
}

/** An open scan. */
export interface Scan extends Disposable {
  readonly info: ScanInfo;
  intensity(): Promise<IntensitySummary>;
  /** The CT check: is this what it seems to be? Each item with the number behind it. */
  check(options?: CallOptions): Promise<readonly CheckItem[]>;
  /** Slices [z0, z0 + n) as 16-bit HU (f32 scans rounded), x fastest; transferred to the caller. */
  slab(z0: number, n: number): Promise<Int16Array<ArrayBuffer>>;
  segment(recipe: 'bones', params?: BonesParams, options?: CallOptions): Promise<BonesResult>;
  segment(recipe: 'lungs', params?: LungsParams, options?: CallOptions): Promise<LungsResult>;
  segment(recipe: readonly RecipeStep[], options?: CallOptions): Promise<Mask>;
  /** A row for each label and, with more than one, a last row `all` for their union. */
  measure(
    labels: readonly { readonly name: string; readonly mask: Mask }[],
    options?: CallOptions,
  ): Promise<readonly LabelMeasures[]>;
  histogram(options?: HistogramOptions): Promise<Histogram>;
  /** The surface where HU is `levelHu`; what is at least that lies inside. */
  surface(
    options: SurfaceOptions & { readonly levelHu: number },
    call?: CallOptions,
  ): Promise<Surface>;
  /** What {@link surface} would make before it is smoothed or decimated, in a third of its time. */
  estimateSurface(options: Pick<SurfaceOptions, 'levelHu' | 'capBorder'>): Promise<SurfaceEstimate>;
  /** Another spacing, other values, another box: a new scan, and the given masks on its grid. */
  prepare(
    steps: readonly PrepareStep[],
    masks?: readonly Mask[],
    options?: CallOptions,
  ): Promise<Prepared>;
  /** The scan as `.nii.gz`, 16-bit whole numbers or 32-bit floats as it is held: prepared data leave so. */
  toNifti(options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Slices as files for training: images, masks of `labels`, and at the end `manifest.json` (nobody's
   * name is in it) and `map.csv` (who is who: it belongs beside the dataset). One file is made at a
   * time, when it is asked for; who leaves the loop ends the work.
   */
  slices(options?: SlicesOptions): AsyncIterable<DataFile>;
  /** The same files as one zip, but for the map: who is who stays with the caller. */
  toDataset(options?: SlicesOptions): Promise<Blob>;
  /** The component curve and the choice alone. */
  curve(
    params?: Pick<BonesParams, 'neighbourhood'>,
    options?: CallOptions,
  ): Promise<{ curve: ComponentCurve; choice: ThresholdChoice }>;
  /**
   * Masks on this scan's grid from files of labels: NIfTI, NRRD, MetaImage, or pictures in the order
   * of their names. Anything but 0 is inside; each label becomes a mask, and so does each colour.
   * Black, transparent, and what a palette without them begins with is outside. Where all pictures
   * have one palette, its numbers are the labels. JPEG, pictures of more than 255 shades, and a soft
   * edge are one mask: what is at least half as bright as the brightest. Of several files, those that
   * fit are taken; the notes name the others.
   */
  openMasks(files: File | readonly File[], options?: MaskOptions): Promise<readonly LabelledMask[]>;
  dispose(): void;
}

/** The engine: one worker, one wasm instance. */
export interface Engine extends Disposable {
  readonly info: EngineInfo;
  /** Resolves when the engine is lost (trap, out of memory); make a new one then. */
  readonly lost: Promise<Error>;
  /** What is in these files (folders, archives), header only: what can be opened, what not and why. */
  list(files: File | readonly File[], options?: CallOptions): Promise<Listing>;
  /** What opening these files would give, header only. */
  inspect(files: File | readonly File[], options?: OpenOptions): Promise<ScanInfo>;
  /** Lists the files and opens the series that is named, or else suggested. */
  open(files: File | readonly File[], options?: OpenOptions): Promise<Scan>;
  phantom(options?: PhantomOptions & CallOptions): Promise<{ scan: Scan; truth: { bones: Mask } }>;
  /** Several surfaces as named parts of one file. */
  encodeSurfaces(
    surfaces: readonly Surface[],
    format: SurfaceFormat,
    call?: CallOptions,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** The surfaces of an STL, OBJ, PLY, GLB or 3MF, each part by itself. */
  openSurfaces(file: File, call?: CallOptions): Promise<readonly Surface[]>;
  memory(): Promise<{ usedBytes: number; limitBytes: number }>;
  dispose(): void;
}

/** Options of `createEngine`. */
export interface EngineOptions {
  /**
   * Of the engine itself. Default ('auto'): one a core where the page is cross-origin isolated, else
   * one. Files of other formats than NIfTI are read by workers of their own beside it.
   */
  readonly threads?: number | 'auto';
  /**
   * Makes the workers obey the page's content security policy. By itself a worker takes its policy
   * from its own response's headers, and where the host sends none it may talk to anybody. Needs
   * `worker-src blob:`. Default: `false`.
   */
  readonly confine?: boolean;
}
