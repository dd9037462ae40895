import { PREPARE_DEFAULTS } from '../lib/prepare.js';
import { presentLayers, setParams, useSession } from '../session.js';
import { Choice } from './ui/Choice.js';
import { NumberField, Switch } from './ui/Field.js';
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
    </div>
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
