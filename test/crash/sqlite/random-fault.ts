/** A fault of the disk, by chance. */
import type { Random } from '#base/env/random'
import type { Fault } from '../shim/faults.ts'

const callSets: readonly Fault['calls'][] = [['sync'], ['sync'], ['write'], ['truncate'], ['write', 'sync', 'truncate', 'open']]

/** Some kind of call fails, once or several times, from some call on. */
export function randomFault(random: Random, callsBefore: number): Fault & { readonly error: NonNullable<Fault['error']> } {
  return {
    calls: callSets[Math.floor(random.float() * callSets.length)] ?? ['sync'],
    error: random.float() < 0.6 ? 'EIO' : 'ENOSPC',
    after: Math.floor(random.float() * callsBefore),
    times: 1 + Math.floor(random.float() ** 3 * 30),
    isShort: random.float() < 0.3,
  }
}
