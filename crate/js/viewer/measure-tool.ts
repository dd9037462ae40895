/** Makes measurements of points as they come from hand or keys. */
import { addScaled } from './affine.js';
import type { Vec3 } from './affine.js';
import { measured, POINTS_OF } from './measure.js';
import type { Measured, MeasureKind, Measurement } from './measure.js';
import type { ViewState } from './types.js';

/** What the tool asks of the viewer. */
export interface MeasureHost {
  readonly state: () => ViewState;
  readonly set: (state: Partial<ViewState>) => void;
  /** What is being made looks different now. */
  readonly sketched: () => void;
  readonly placed: (count: number, of: number) => void;
  readonly finished: (measurement: Measured) => void;
}

/** See the file's head. */
export class MeasureTool {
  private points: readonly Vec3[] = [];
  private aimed: Vec3 | null = null;
  private kind: MeasureKind | null = null;
  private made = 0;

  constructor(private readonly host: MeasureHost) {}

  get active(): boolean {
    return this.host.state().measuring !== null;
  }

  /** Another tool, or none: what was begun is dropped. */
  follow({ measuring }: ViewState): void {
    if (measuring === this.kind) return;
    this.kind = measuring;
    this.points = [];
    this.aimed = null;
  }

  /** What is being made, with the place that is aimed at as its last point. */
  draft(): Omit<Measurement, 'id'> | null {
    const { kind, points, aimed } = this;
    if (!kind || points.length === 0) return null;
    return { kind, pointsRasMm: aimed ? [...points, aimed] : points };
  }

  /** The pointer rests over a place, or over none. */
  aim(rasMm: Vec3 | null): void {
    if (!this.kind || (rasMm === null && this.aimed === null)) return;
    this.aimed = rasMm;
    if (this.points.length > 0) this.host.sketched();
  }

  /** Takes a point. One within `slackMm` of the last is the second half of a double click. */
  place(rasMm: Vec3, slackMm: number): void {
    const { kind, host } = this;
    if (!kind) return;
    const last = this.points.at(-1);
    if (last && Math.hypot(...addScaled(rasMm, last, -1)) <= slackMm) return;
    this.points = [...this.points, rasMm];
    this.aimed = null;
    host.placed(this.points.length, POINTS_OF[kind]);
    if (this.points.length < POINTS_OF[kind]) {
      host.sketched();
      return;
    }
    const measurement = { id: this.freshId(), kind, pointsRasMm: this.points };
    this.points = [];
    host.set({ measurements: [...host.state().measurements, measurement] });
    host.finished(measured(measurement));
  }

  /** Takes back the last point, else the last measurement. False: there was neither. */
  takeBack(): boolean {
    const { measurements } = this.host.state();
    if (this.points.length > 0) {
      this.points = this.points.slice(0, -1);
      this.host.sketched();
    } else if (measurements.length > 0) this.host.set({ measurements: measurements.slice(0, -1) });
    else return false;
    return true;
  }

  /** Drops what was begun, else puts the tool away. False: it was not out. */
  leave(): boolean {
    if (!this.active) return false;
    if (this.points.length === 0) this.host.set({ measuring: null });
    this.points = [];
    this.aimed = null;
    this.host.sketched();
    return true;
  }

  private freshId(): string {
    const taken = new Set(this.host.state().measurements.map(({ id }) => id));
    do this.made++;
    while (taken.has(`m${this.made}`));
    return `m${this.made}`;
  }
}
