/**
 * How long a container that ended waits before it is started again: at once the first time, then 10 s,
 * doubling up to 5 minutes; a run of 10 minutes wipes the slate. Upstream's figures.
 */
import type { ContainerRecord } from '../runtime/records.ts'

const initialMs = 10_000
const delayMsMax = 300_000
const forgiveAfterRunMs = 600_000

export function restartDelayMs(crashCount: number): number {
  return crashCount <= 1 ? 0 : Math.min(initialMs * 2 ** (crashCount - 2), delayMsMax)
}

/** Counts ends per container. What it forgets with the process it takes from the runtime's restart count. */
export class CrashCounter {
  readonly #counts = new Map<string, { readonly containerId: string; readonly count: number }>()

  /** How often in a row this container has ended, `ended` included. Asking twice about the same end counts once. */
  countOf(podUid: string, ended: ContainerRecord): number {
    const key = `${podUid}/${ended.name}`
    const last = this.#counts.get(key)
    if (last?.containerId === ended.id) return last.count
    const ranMs = ended.finishedAtMs - ended.startedAtMs
    const before = last?.count ?? ended.restartCount
    const count = ranMs >= forgiveAfterRunMs ? 1 : before + 1
    this.#counts.set(key, { containerId: ended.id, count })
    return count
  }

  forgetPod(podUid: string): void {
    for (const key of this.#counts.keys()) if (key.startsWith(`${podUid}/`)) this.#counts.delete(key)
  }
}
