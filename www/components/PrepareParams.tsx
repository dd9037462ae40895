import type { Triple } from 'hounsfield';

import { useUnit } from '../hooks/useUnit.js';
import { number } from '../lib/format.js';
import { PREPARE_DEFAULTS } from '../lib/prepare.js';
import { presentLayers, setParams, useSession } from '../session.js';
import { Choice } from './ui/Choice.js';
import { NumberField, SelectField, Switch } from './ui/Field.js';
import { Segmented } from './ui/Segmented.js';

const GRIDS = [
  { value: 'keep', name: 'As it is' },
  { value: 'cubes', name: 'Cubes' },
] as const;

const BETWEEN = [
  { value: 'nearest', name: 'Nearest' },
  { value: 'linear', name: 'Linear' },
  { value: 'cubic', name: 'Cubic' },
] as const;

const VALUES = [
  { value: 'hu', name: 'HU' },
  { value: 'unit', name: '0 to 1', title: 'Clipped to a range of HU, and scaled' },
  { value: 'zScore', name: 'z-score', title: 'Mean 0, standard deviation 1' },
] as const;

const BOXES = [
  { value: 'whole', name: 'Whole scan' },
  { value: 'masks', name: 'Around the masks' },
] as const;

const PADS = [
  { value: 'no', name: 'No' },
  { value: 'size', name: 'To a size' },
] as const;

/** What training code often takes. */
const PAD_VOXEL = 512;
const AXES = [
  { axis: 0, label: 'Columns, x' },
  { axis: 1, label: 'Rows, y' },
  { axis: 2, label: 'Slices, z' },
] as const;

/** By what the first, the second and the third axis run towards. */
const ORDERS = ['RAS', 'LAS', 'RPS', 'LPS', 'RAI', 'LAI', 'RPI', 'LPI'] as const;

/** Which copy is wanted. */
export function PrepareParams() {
  const params = useSession((s) => s.params.prepare);
  const hasMasks = useSession((s) => presentLayers(s.layers).length > 0);
  const { spacingMm, values, marginMm } = params;
  return (
    <div className="space-y-2">
      <Choice label="Grid">
        <Segmented
          label="Grid"
          options={GRIDS}
          value={spacingMm === null ? 'keep' : 'cubes'}
          onChange={(next) =>
            setParams('prepare', {
              spacingMm: next === 'keep' ? null : PREPARE_DEFAULTS.spacingMm,
            })
          }
        />
      </Choice>
      {spacingMm !== null && (
        <>
          <NumberField
            label="Edge of a voxel"
            unit="mm"
            placeholder={String(PREPARE_DEFAULTS.spacingMm)}
            min={0.1}
            max={50}
            step={0.1}
            value={spacingMm}
            onChange={(mm) => setParams('prepare', { spacingMm: mm ?? PREPARE_DEFAULTS.spacingMm })}
          />
          <Choice label="Interpolation">
            <Segmented
              label="Interpolation"
              options={BETWEEN}
              value={params.interpolation}
              onChange={(interpolation) => setParams('prepare', { interpolation })}
            />
          </Choice>
        </>
      )}
      <Choice label="Values">
        <Segmented
          label="Values"
          options={VALUES}
          value={values}
          onChange={(next) => setParams('prepare', { values: next })}
        />
      </Choice>
      {values === 'unit' && <UnitRange />}
      <Choice label="Box">
        <Segmented
          label="Box"
          options={BOXES}
          value={marginMm === null || !hasMasks ? 'whole' : 'masks'}
          disabled={!hasMasks}
          onChange={(next) => setParams('prepare', { marginMm: next === 'whole' ? null : 10 })}
        />
      </Choice>
      {marginMm !== null && hasMasks && (
        <NumberField
          label="Margin"
          unit="mm"
          placeholder="0"
          min={0}
          max={200}
          step={1}
          value={marginMm}
          onChange={(mm) => setParams('prepare', { marginMm: mm ?? 0 })}
        />
      )}
      <Pad />
      <Axes />
    </div>
  );
}

/** A larger box, the scan in its middle. */
function Pad() {
  const { padTo, padValue, values } = useSession((s) => s.params.prepare);
  const unit = useUnit();
  return (
    <>
      <Choice label="Pad">
        <Segmented
          label="Pad"
          options={PADS}
          value={padTo === null ? 'no' : 'size'}
          onChange={(next) =>
            setParams('prepare', { padTo: next === 'no' ? null : [PAD_VOXEL, PAD_VOXEL, 1] })
          }
        />
      </Choice>
      {padTo !== null && (
        <>
          {AXES.map(({ axis, label }) => (
            <NumberField
              key={axis}
              label={label}
              unit="voxel"
              placeholder="1"
              min={1}
              max={4096}
              step={1}
              value={padTo[axis]}
              onChange={(n) => setParams('prepare', { padTo: withAxis(padTo, axis, n ?? 1) })}
            />
          ))}
          <NumberField
            label="Around the scan"
            unit={values === 'hu' ? unit : ''}
            hint="At least this size, the scan in the middle; nothing is cut off"
            placeholder={values === 'hu' ? number(-1024) : 'lowest'}
            min={-32768}
            max={32767}
            step={1}
            value={padValue}
            onChange={(next) => setParams('prepare', { padValue: next })}
          />
        </>
      )}
    </>
  );
}

function withAxis(size: Triple, axis: 0 | 1 | 2, n: number): Triple {
  const whole = Math.round(n);
  return [axis === 0 ? whole : size[0], axis === 1 ? whole : size[1], axis === 2 ? whole : size[2]];
}

/** The order of axes in files. */
function Axes() {
  const axes = useSession((s) => s.params.prepare.axes);
  const fileAxes = useSession((s) => s.scan?.info.fileAxes);
  return (
    <SelectField
      label="Axes in files"
      hint={axes === null ? '' : 'Of .nii.gz files; pictures of slices are always upright'}
      options={[
        { value: '', name: `As the file’s${fileAxes ? `, ${fileAxes}` : ''}` },
        ...ORDERS.map((order) => ({ value: order, name: order })),
      ]}
      value={axes ?? ''}
      onChange={(order) => setParams('prepare', { axes: order || null })}
    />
  );
}

function UnitRange() {
  const { minHu, maxHu, isCentred } = useSession((s) => s.params.prepare);
  return (
    <>
      <NumberField
        label="0 at"
        unit="HU"
        placeholder={String(PREPARE_DEFAULTS.minHu)}
        min={-2000}
        max={maxHu - 1}
        step={10}
        value={minHu}
        onChange={(hu) => setParams('prepare', { minHu: hu ?? PREPARE_DEFAULTS.minHu })}
      />
      <NumberField
        label="1 at"
        unit="HU"
        placeholder={String(PREPARE_DEFAULTS.maxHu)}
        min={minHu + 1}
        max={4000}
        step={10}
        value={maxHu}
        onChange={(hu) => setParams('prepare', { maxHu: hu ?? PREPARE_DEFAULTS.maxHu })}
      />
      <Switch
        label="Take 0.25 off (zero centre)"
        checked={isCentred}
        onChange={(next) => setParams('prepare', { isCentred: next })}
      />
    </>
  );
}
