// Compiled, never run: the published types, as an app with strict settings sees them.

import { createEngine, type BonesReport, type Scan } from 'hounsfield';
import type { Mask } from 'hounsfield/types';
import { createViewer, type Viewer } from 'hounsfield/viewer';

export async function bones(file: File): Promise<{ report: BonesReport; saved: Blob }> {
  using engine = await createEngine({ threads: 2 });
  using scan: Scan = await engine.open(file, { onProgress: ({ stage }) => stage.length });
  using result = await scan.segment('bones', { thresholdHu: 200 });
  using mask: Mask = await scan.segment([{ op: 'threshold', minHu: 200 }, { op: 'fill' }]);
  const saved = new Blob([await mask.toNifti()]);
  // @ts-expect-error: there is no such step
  await scan.segment([{ op: 'melt' }]);
  return { report: result.report, saved };
}

export async function series(files: readonly File[]): Promise<readonly string[]> {
  using engine = await createEngine();
  using listing = await engine.list(files, { signal: AbortSignal.timeout(1000) });
  using scan = await listing.open({ series: listing.suggested ?? '1', gaps: 'interpolate' });
  const items = await scan.check();
  return items.filter(({ status }) => status === 'fail').map(({ message }) => message);
}

export async function look(element: HTMLElement, scan: Scan): Promise<Viewer> {
  const viewer = createViewer(element);
  const { sizeVoxel, rasFromVoxel } = scan.info;
  viewer.open({ sizeVoxel, rasFromVoxel });
  await viewer.uploadSlab(0, 1, await scan.slab(0, 1));
  return viewer;
}
