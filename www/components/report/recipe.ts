import type { LungsReport } from 'hounsfield';

import { get } from '../../session.js';

export function version(): string {
  const { engine } = get();
  return engine.step === 'ready' ? engine.info.version : '';
}

/** What replays this result: the engine's version and the full parameters. */
export function recipeJson({ params }: LungsReport, indent = 2): string {
  return JSON.stringify({ hounsfield: version(), recipe: 'lungs', params }, null, indent);
}
