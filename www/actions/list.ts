import type { CallOptions, Engine, Listing } from 'hounsfield';

/**
 * What is in these files. An engine that cannot list takes them for one scan, as it always did.
 */
export async function listFiles(
  engine: Engine,
  files: readonly File[],
  options: CallOptions,
): Promise<Listing> {
  if ('list' in engine) return engine.list(files, options);
  const old = engine as Engine;
  const info = await old.inspect(files, options);
  const { format, sizeVoxel, spacingMm, volumeBytes, notes } = info;
  const dispose = (): void => undefined;
  return {
    series: [
      {
        id: '1',
        title: info.name,
        format,
        modality: '',
        files: files.length,
        sizeVoxel,
        spacingMm,
        volumeBytes,
        notes,
        asks: { gaps: false, tilt: false, spacing: false },
      },
    ],
    suggested: '1',
    reason: '',
    leftOut: [],
    open: ({ signal, onProgress } = {}) => old.open(files, { signal, onProgress }),
    dispose,
    [Symbol.dispose]: dispose,
  };
}
