import type { ThresholdChoice } from 'hounsfield';

import { tryThreshold } from '../actions/bones.js';
import { useUnit } from '../hooks/useUnit.js';
import { hounsfield, sentence } from '../lib/format.js';
import { Disclosure } from './ui/Disclosure.js';

const RULES: Readonly<Record<string, string>> = {
  resolution: 'Sharpness of the scan',
  stable: 'Most stable stretch',
  classical14: 'Classical rule, every 14 HU',
  classicalEvery: 'Classical rule, every HU',
  given: 'Given',
  fallback: 'Fallback',
};

/** What other rules would have chosen; each can be tried. */
export function Proposals({ choice }: { readonly choice: ThresholdChoice }) {
  const unit = useUnit();
  if (choice.others.length === 0) return null;
  return (
    <Disclosure title="What other rules would choose">
      <ul className="space-y-2">
        {choice.others.map(({ rule, thresholdHu, reason }) => (
          <li key={rule}>
            <div className="flex items-center gap-2">
              <span className="flex-1">{RULES[rule] ?? rule}</span>
              {thresholdHu === null ? (
                <span className="text-ink-3">no answer</span>
              ) : (
                <button
                  type="button"
                  onClick={() => tryThreshold(thresholdHu)}
                  aria-label={`Try ${hounsfield(thresholdHu, unit)}`}
                  className="min-h-6 cursor-pointer text-accent underline underline-offset-2 pointer-coarse:min-h-11"
                >
                  {hounsfield(thresholdHu, unit)}
                </button>
              )}
            </div>
            <p className="text-xs text-ink-2">{sentence(reason)}</p>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}
