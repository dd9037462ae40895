import type { LungsParams as Params } from 'hounsfield';

import { useUnit } from '../hooks/useUnit.js';
import { setParams, useSession } from '../session.js';
import { Choice } from './ui/Choice.js';
import { Disclosure } from './ui/Disclosure.js';
import { NumberField, Switch } from './ui/Field.js';
import { Segmented } from './ui/Segmented.js';

const METHODS = [
  {
    value: 'anatomy',
    name: 'Anatomy',
    title: 'Body first, airways out, left and right told apart',
  },
  {
    value: 'classical',
    name: 'Classical',
    title: 'As published: below the border, not connected to the outside, the two largest parts',
  },
] as const;

const AIRWAYS = [
  { value: 'label', name: 'Label', title: 'Taken out of the lungs and given as a mask' },
  { value: 'out', name: 'Out', title: 'Taken out of the lungs' },
  { value: 'in', name: 'In', title: 'Left in the lungs' },
] as const;

/** Where each recipe draws the border when nobody says otherwise. */
const BORDER_HU = { anatomy: -450, classical: -320 } as const;

interface LungsParamsProps {
  /** What the last run used; stands as placeholder where nothing is set. */
  readonly used: Required<Params> | null;
}

/** What a run may be told. Defaults do for most scans; once there is a result, it is folded away. */
export function LungsParams({ used }: LungsParamsProps) {
  return used ? (
    <Disclosure title="Method and parameters">
      <Fields used={used} />
    </Disclosure>
  ) : (
    <Fields used={null} />
  );
}

function Fields({ used }: LungsParamsProps) {
  const params = useSession((s) => s.params.lungs);
  const unit = useUnit();
  const method = params.method ?? 'anatomy';
  return (
    <div className="space-y-2">
      <Segmented
        label="Method"
        options={METHODS}
        value={method}
        onChange={(next) => setParams('lungs', { method: next })}
        className="flex w-full"
      />
      <Choice label="Airways">
        <Segmented
          label="Airways"
          options={AIRWAYS}
          // The published recipe does not know them.
          value={method === 'classical' ? 'in' : (params.airways ?? 'label')}
          disabled={method === 'classical'}
          onChange={(airways) => setParams('lungs', { airways })}
        />
      </Choice>
      <NumberField
        label="Border of lung"
        unit={unit}
        hint="A convention, named in every report: air up to here counts as lung"
        placeholder={String(BORDER_HU[method])}
        min={-1000}
        max={-100}
        step={10}
        value={params.borderHu ?? null}
        onChange={(borderHu) => setParams('lungs', { borderHu: borderHu ?? undefined })}
      />
      <Switch
        label="Fill what the lungs enclose"
        checked={params.fill ?? used?.fill ?? true}
        onChange={(fill) => setParams('lungs', { fill })}
      />
      <Disclosure title="Advanced">
        <NumberField
          label="Put back vessels and nodules"
          unit="mm"
          hint="Radius of the closing; at the hilum, large ones take in the mediastinum"
          placeholder={used ? String(used.closeMm) : 'default'}
          min={0}
          max={20}
          step={0.5}
          value={params.closeMm ?? null}
          onChange={(closeMm) => setParams('lungs', { closeMm: closeMm ?? undefined })}
        />
      </Disclosure>
    </div>
  );
}
