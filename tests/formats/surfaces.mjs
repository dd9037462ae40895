// `node tests/formats/surfaces.mjs [--target-dir DIR]`
//
// Draws bones and heart of a phantom with the command in every format, and has trimesh and meshio open
// them (surfaces.py): watertight, facing outwards, with the area and volume that the command says.
// And the other way: what they write, ours opens.
// Without Python or without a network for its packages it says so and is skipped.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const [option, folder] = process.argv.slice(2);
const given = option === '--target-dir' && folder ? resolve(folder) : process.env.CARGO_TARGET_DIR;
const target = given ?? join(root, 'target');
const windows = process.platform === 'win32';
const scratch = join(root, 'tests/tmp/surfaces');
/** Text has fewer digits than numbers have. */
const RELATIVE = 1e-5;

const python = venv();
if (python) {
  draw();
  try {
    execFileSync(python, [join(here, 'surfaces.py'), scratch], { stdio: 'inherit' });
    await openTheirs(join(scratch, 'theirs'));
    rmSync(scratch, { recursive: true, force: true });
  } catch {
    process.exitCode = 1;
  }
}

/** Python with the packages of surfaces.txt, or null with a sentence. */
function venv() {
  const home = join(root, 'tests/tmp/venv-surfaces');
  const program = join(home, windows ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(home, 'installed.txt');
  const list = join(here, 'surfaces.txt');
  const wanted = readFileSync(list, 'utf8');
  try {
    if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
      execFileSync(windows ? 'python' : 'python3', ['-m', 'venv', home]);
      execFileSync(program, ['-m', 'pip', 'install', '--quiet', '-r', list], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      writeFileSync(stamp, wanted);
    }
    return program;
  } catch (error) {
    console.log(
      `skipped: no Python with trimesh and meshio (${String(error.message).split('\n')[0]})`,
    );
    return null;
  }
}

/** A ball as other programs wrote it, through the package in dist/npm. */
async function openTheirs(theirs) {
  const built = join(root, 'dist/npm/node.js');
  if (!existsSync(built)) return console.log('skipped: there is no dist/npm (npm run build)');
  const { createEngine } = await import(pathToFileURL(built).href);
  const said = JSON.parse(readFileSync(join(theirs, 'expected.json'), 'utf8'));
  const engine = await createEngine();
  for (const name of readdirSync(theirs).filter((file) => !file.endsWith('.json'))) {
    const [{ info }] = await engine.openSurfaces(
      new File([readFileSync(join(theirs, name))], name),
    );
    const off = Object.entries(said).filter(
      ([what, value]) => Math.abs(info[what] - value) > RELATIVE * value,
    );
    console.log(`${name}: ${off.length ? `${off.map(([what]) => what)} differ` : 'the same ball'}`);
    if (off.length || !info.isClosed) process.exitCode = 1;
  }
  await engine.dispose();
}

function draw() {
  const cargo = ['build', '--release', '--quiet', '-p', 'hounsfield-cli', '--target-dir', target];
  execFileSync('cargo', cargo, { cwd: root, stdio: 'inherit' });
  const command = join(target, 'release', windows ? 'hounsfield.exe' : 'hounsfield');
  const run = (...args) =>
    execFileSync(command, [...args, '--quiet'], { cwd: scratch, encoding: 'utf8' });
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  run('phantom', '-o', 'ct.nii.gz', '--size', '128,96,80', '--truth', 'truth');
  const masks = ['--mask', 'truth/bones.nii.gz', '--mask', 'truth/heart.nii.gz'];
  const how = ['--cap', '--smooth-by-hu', '--smooth', '5', '--triangles', '20000'];
  for (const ending of ['stl', 'obj', 'ply', 'glb', '3mf']) {
    const said = run('surface', 'ct.nii.gz', ...masks, ...how, '--json', '-o', `two.${ending}`);
    writeFileSync(join(scratch, 'expected.json'), said);
  }
}
