/** How often probes had which result: what `/metrics/probes` shows. */
import type { Pod } from '#kinds/core/types.gen'
import type { ProbeOutcome } from './probe-outcome.ts'
import type { ProbeType } from './verdict-counter.ts'

export type CountedProbe = { readonly type: ProbeType; readonly container: string; readonly pod: Pod }
export type ProbeCount = CountedProbe & { readonly result: ProbeResultLabel; readonly count: number }
type ProbeResultLabel = 'successful' | 'failed' | 'unknown'

const labels: Readonly<Record<ProbeOutcome['result'], ProbeResultLabel>> = {
  success: 'successful',
  warning: 'successful',
  failure: 'failed',
  error: 'unknown',
}

export class ProbeCounts {
  readonly #counts = new Map<string, ProbeCount>()

  add(probe: CountedProbe, outcome: ProbeOutcome['result']): void {
    const result = labels[outcome]
    const key = JSON.stringify([probe.pod.metadata.uid, probe.container, probe.type, result])
    this.#counts.set(key, { ...probe, result, count: (this.#counts.get(key)?.count ?? 0) + 1 })
  }

  forget(podUid: string): void {
    for (const [key, { pod }] of this.#counts) if (pod.metadata.uid === podUid) this.#counts.delete(key)
  }

  list(): readonly ProbeCount[] {
    return [...this.#counts.values()]
  }
}
