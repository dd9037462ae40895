import { unitOf } from '../lib/units.js';
import { useSession } from '../session.js';

/** What stands behind the numbers of the scan that is open: "HU", or nothing. */
export function useUnit(): 'HU' | '' {
  return useSession((s) => unitOf(s.scan?.info));
}
