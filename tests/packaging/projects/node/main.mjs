import { createEngine } from 'hounsfield';

const engine = await createEngine();
const { scan } = await engine.phantom({ sizeVoxel: [96, 80, 48], spacingMm: [4, 4, 6] });
const { report } = await scan.segment('bones');
console.log(JSON.stringify({ build: engine.info.build, voxels: report.voxels }));
engine.dispose();
