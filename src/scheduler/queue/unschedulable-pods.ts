/** Pods that fitted nowhere, by the plugins that said so: an event touches only those pods that it may help. */
import type { PodFacts } from '../framework/pod-facts.ts'
import type { QueuedPod } from './queued-pod.ts'

export type WakingPlugin = { readonly plugin: string; readonly helps: (waiting: PodFacts) => boolean }

/** Stands for the plugins of pods that were turned away without any plugin's word: anything may help those. */
const nobody = ''

export class UnschedulablePods {
  readonly #all = new Set<QueuedPod>()
  readonly #byPlugin = new Map<string, Set<QueuedPod>>()

  get size(): number {
    return this.#all.size
  }

  add(queued: QueuedPod): void {
    this.#all.add(queued)
    for (const plugin of pluginsOf(queued)) {
      const pods = this.#byPlugin.get(plugin)
      if (pods === undefined) this.#byPlugin.set(plugin, new Set([queued]))
      else pods.add(queued)
    }
  }

  delete(queued: QueuedPod): void {
    this.#all.delete(queued)
    for (const plugin of pluginsOf(queued)) this.#byPlugin.get(plugin)?.delete(queued)
  }

  /** A list, so that pods may be taken out while it is worked off. */
  wokenBy(plugins: readonly WakingPlugin[]): readonly QueuedPod[] {
    const woken = new Set(this.#byPlugin.get(nobody))
    for (const { plugin, helps } of plugins)
      for (const queued of this.#byPlugin.get(plugin) ?? []) if (!woken.has(queued) && helps(queued.pod)) woken.add(queued)
    return [...woken]
  }

  parkedBefore(ms: number): readonly QueuedPod[] {
    return [...this.#all].filter(({ queuedMs }) => queuedMs <= ms)
  }
}

function pluginsOf({ rejectedBy }: QueuedPod): Iterable<string> {
  return rejectedBy.size === 0 ? [nobody] : rejectedBy
}
