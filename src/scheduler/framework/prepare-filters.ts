/** All filters of a profile made ready for one pod: one function that asks a node, and the nodes that are worth asking. */
import type { Cluster } from './cluster.ts'
import type { FilterPlugin, NodeFilter } from './plugin.ts'
import type { PodFacts } from './pod-facts.ts'
import { pass, type Rejection, unresolvable } from './verdict.ts'

export type PreparedFilters = {
  /** Slots of the nodes to ask. */
  readonly candidates: readonly number[]
  /** What holds for all nodes that are no candidates. */
  readonly others: Rejection | undefined
  readonly filter: NodeFilter
  /** Grows while nodes are asked. */
  readonly rejectedBy: ReadonlySet<string>
}

/** No node will do, whatever it is. */
export type PodRejection = { readonly rejection: Rejection; readonly rejectedBy: string }

type Step = { readonly name: string; readonly filter: NodeFilter }

export function prepareFilters(plugins: readonly FilterPlugin[], pod: PodFacts, cluster: Cluster): PreparedFilters | PodRejection {
  const steps: Step[] = []
  const rejectedBy = new Set<string>()
  const naming: string[] = []
  let only: ReadonlySet<string> | undefined
  for (const plugin of plugins) {
    const { name } = plugin
    const answer = plugin.filter(pod, cluster)
    if (answer === undefined) continue
    if (typeof answer === 'function') steps.push({ name, filter: answer })
    else if ('outcome' in answer) return { rejection: answer, rejectedBy: name }
    else {
      steps.push({ name, filter: answer.filter })
      only = only === undefined ? answer.only : only.intersection(answer.only)
      naming.push(name)
    }
  }
  if (only !== undefined) for (const name of naming) rejectedBy.add(name)
  return {
    candidates: only === undefined ? cluster.nodes.slots : slotsOf(only, cluster),
    others: only === undefined ? undefined : unresolvable(`node(s) didn't satisfy plugin(s) [${naming.join(' ')}]`),
    filter: chained(steps, rejectedBy),
    rejectedBy,
  }
}

function chained(steps: readonly Step[], rejectedBy: Set<string>): NodeFilter {
  return (slot) => {
    for (const { name, filter } of steps) {
      const verdict = filter(slot)
      if (verdict.outcome === 'pass') continue
      rejectedBy.add(name)
      return verdict
    }
    return pass
  }
}

function slotsOf(names: ReadonlySet<string>, { nodes }: Cluster): readonly number[] {
  return [...names].map((name) => nodes.slotOf(name)).filter((slot) => slot !== undefined)
}
