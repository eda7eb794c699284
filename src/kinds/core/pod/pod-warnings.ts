/** What a client is told of a pod that is accepted and yet hardly meant. */
import type { Pod } from '../types.gen.ts'

export function podWarnings(_pod: Pod): readonly string[] {
  return []
}
