// What any front end would write.

import { HounsfieldError, createEngine } from 'hounsfield';

globalThis.segment = async (options) => {
  const engine = await createEngine(options);
  const { scan } = await engine.phantom({ sizeVoxel: [96, 80, 48], spacingMm: [4, 4, 6] });
  const { report, mask } = await scan.segment('bones');
  const file = new File([await mask.toNifti()], 'bones.nii.gz');
  const reopened = await engine.open(file);
  const other = await engine.open(nrrd());
  const wrong = await engine.open(new File(['x'], 'x.nii')).catch((error) => error);
  const { build } = engine.info;
  engine.dispose();
  return {
    build,
    voxels: report.voxels,
    reopenedAs: reopened.info.storedType,
    other: other.info.format,
    refused: wrong instanceof HounsfieldError && wrong.code,
  };
};

/** A file that the engine cannot open by itself. */
function nrrd() {
  const header = [
    'NRRD0004',
    'type: short',
    'dimension: 3',
    'space: left-posterior-superior',
    'sizes: 2 3 4',
    'space directions: (1,0,0) (0,1,0) (0,0,2)',
    'endian: little',
    'encoding: raw',
    'space origin: (0,0,0)',
  ];
  return new File([header.join('\n'), '\n\n', new Int16Array(24)], 'ct.nrrd');
}
document.title = 'ready';
