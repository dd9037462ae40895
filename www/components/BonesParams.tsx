import type { BonesParams as Params } from 'hounsfield';

import { useUnit } from '../hooks/useUnit.js';
import { setParams, useSession } from '../session.js';
import { Choice } from './ui/Choice.js';
import { Disclosure } from './ui/Disclosure.js';
import { NumberField, Switch } from './ui/Field.js';
import { Segmented } from './ui/Segmented.js';

const METHODS = [
  { value: 'anatomy', name: 'Anatomy', title: 'Filled skeleton, contrast left out' },
  { value: 'threshold', name: 'Threshold only', title: 'Everything above the threshold, cleaned' },
] as const;

const KEEP = [
  { value: 'parts', name: 'All parts' },
  { value: 'largest', name: 'Largest only' },
] as const;

const NEIGHBOURS = [
  { value: '6', name: '6' },
  { value: '18', name: '18' },
  { value: '26', name: '26' },
] as const;

interface BonesParamsProps {
  /** What the last run used; stands as placeholder where nothing is set. */
  readonly used: Required<Params> | null;
}

/** What a run may be told. Defaults do for most scans, so it is folded away, wholly once there is a result. */
export function BonesParams({ used }: BonesParamsProps) {
  const params = useSession((s) => s.params.bones);
  const keep = params.keep ?? used?.keep ?? 'parts';
  const neighbourhood = params.neighbourhood ?? used?.neighbourhood ?? 26;
  const method = (
    <Segmented
      label="Method"
      options={METHODS}
      value={params.method ?? 'anatomy'}
      onChange={(next) => setParams('bones', { method: next })}
      className="flex w-full"
    />
  );
  return (
    <div className="space-y-2">
      {!used && method}
      <Disclosure title={used ? 'Method and parameters' : 'Parameters'}>
        <div className="space-y-2">
          {used && method}
          <NumberField
            label="Threshold"
            unit={useUnit()}
            hint="Empty: chosen by the method"
            placeholder="auto"
            min={-200}
            max={1300}
            step={1}
            value={params.thresholdHu ?? null}
            onChange={(thresholdHu) => setParams('bones', { thresholdHu })}
          />
          <NumberField
            label="Drop parts below"
            unit="ml"
            placeholder={placeholder(used?.minPartMl)}
            min={0}
            max={1000}
            step={0.1}
            value={params.minPartMl ?? null}
            onChange={(minPartMl) => setParams('bones', { minPartMl: minPartMl ?? undefined })}
          />
          <NumberField
            label="Close gaps up to"
            unit="mm"
            placeholder={placeholder(used?.closeMm)}
            min={0}
            max={20}
            step={0.5}
            value={params.closeMm ?? null}
            onChange={(closeMm) => setParams('bones', { closeMm: closeMm ?? undefined })}
          />
          <Switch
            label="Fill marrow and other holes"
            checked={params.fill ?? used?.fill ?? true}
            onChange={(fill) => setParams('bones', { fill })}
          />
          <Choice label="Keep">
            <Segmented
              label="Keep"
              options={KEEP}
              value={keep}
              onChange={(next) => setParams('bones', { keep: next })}
            />
          </Choice>
          <Choice label="Neighbours of a voxel">
            <Segmented
              label="Neighbours of a voxel"
              options={NEIGHBOURS}
              value={String(neighbourhood) as '6' | '18' | '26'}
              onChange={(next) =>
                setParams('bones', { neighbourhood: Number(next) as 6 | 18 | 26 })
              }
            />
          </Choice>
        </div>
      </Disclosure>
    </div>
  );
}

function placeholder(used: number | undefined): string {
  return used === undefined ? 'default' : String(used);
}
