// What any front end would write.

import { HounsfieldError, createEngine } from 'hounsfield';

globalThis.segment = async (options) => {
  const engine = await createEngine(options);
  const { scan } = await engine.phantom({ sizeVoxel: [96, 80, 48], spacingMm: [4, 4, 6] });
  const { report, mask } = await scan.segment('bones');
  const file = new File([await mask.toNifti()], 'bones.nii.gz');
  const reopened = await engine.open(file);
  const wrong = await engine.open(new File(['x'], 'x.nii')).catch((error) => error);
  const { build } = engine.info;
  engine.dispose();
  return {
    build,
    voxels: report.voxels,
    reopenedAs: reopened.info.storedType,
    refused: wrong instanceof HounsfieldError && wrong.code,
  };
};
document.title = 'ready';
