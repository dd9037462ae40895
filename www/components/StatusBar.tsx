import { ShieldAlert, ShieldCheck } from 'lucide-react';

import { bytes, count } from '../lib/format.js';
import { useSession } from '../session.js';
import { showDialog } from './dialogs.js';

export function StatusBar() {
  const { sentBytes, elsewhere } = useSession((s) => s.egress);
  const isQuiet = sentBytes === 0 && elsewhere.length === 0;
  const Shield = isQuiet ? ShieldCheck : ShieldAlert;
  return (
    <footer className="flex h-7 shrink-0 items-center gap-4 border-t border-line bg-panel px-3 text-xs text-ink-2 pointer-coarse:h-11">
      <EngineFacts />
      <button
        type="button"
        onClick={() => showDialog('enforcement')}
        className="inline-flex min-h-6 cursor-pointer items-center gap-1.5 whitespace-nowrap hover:text-ink pointer-coarse:min-h-11"
      >
        <Shield aria-hidden size={14} className={isQuiet ? 'text-good' : 'text-bad'} />
        {count(sentBytes, 'byte has', 'bytes have')} left this device
      </button>
      <span className="ml-auto truncate">
        Research use only<span className="max-md:hidden">, not a medical device</span>
      </span>
    </footer>
  );
}

function EngineFacts() {
  const engine = useSession((s) => s.engine);
  const memory = useSession((s) => s.memory);
  switch (engine.step) {
    case 'starting':
      return <span className="max-md:hidden">Starting the engine</span>;
    case 'lost':
      return <span className="text-bad max-md:hidden">Engine stopped</span>;
    case 'ready':
      return (
        <span className="flex gap-4 whitespace-nowrap max-md:hidden">
          <span title={engine.info.reason}>{count(engine.info.threads, 'thread', 'threads')}</span>
          {memory && (
            <span>
              {bytes(memory.usedBytes)} of {bytes(memory.limitBytes)}
            </span>
          )}
        </span>
      );
  }
}
