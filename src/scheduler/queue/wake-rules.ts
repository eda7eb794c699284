/** Which plugins' rejections an event may undo. */
import type { ClusterEvent, Wake } from '../framework/cluster-event.ts'
import type { PodFacts } from '../framework/pod-facts.ts'

type Waking = { readonly name: string; readonly wakesOn: readonly Wake[] }
type Rule = { readonly plugin: string; readonly helps: Wake['helps'] }

export class WakeRules {
  readonly #byEvent = new Map<ClusterEvent['kind'], Rule[]>()

  constructor(plugins: readonly Waking[]) {
    const seen = new Set<string>()
    for (const { name, wakesOn } of plugins) {
      if (seen.has(name)) continue
      seen.add(name)
      for (const { on, helps } of wakesOn) this.#byEvent.set(on, [...(this.#byEvent.get(on) ?? []), { plugin: name, helps }])
    }
  }

  /** The plugins that may let `waiting` pass after the event. */
  of(event: ClusterEvent): readonly { readonly plugin: string; readonly helps: (waiting: PodFacts) => boolean }[] {
    return (this.#byEvent.get(event.kind) ?? []).map(({ plugin, helps }) => ({
      plugin,
      helps: (waiting) => helps === undefined || helps(waiting, event),
    }))
  }
}
