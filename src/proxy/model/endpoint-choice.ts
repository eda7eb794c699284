/** Which of a port's endpoints get traffic: ready ones, else those that still serve while they end; near ones where hints say so. */
import type { NodeFacts } from './node-facts.ts'
import type { Candidate, Endpoint } from './slice-endpoints.ts'

export type Choice = {
  /** For traffic that may go anywhere. */
  readonly cluster: readonly Endpoint[]
  /** For traffic that must stay on this node. Hints do not count here. */
  readonly local: readonly Endpoint[]
}

export function chooseEndpoints(candidates: readonly Candidate[], node: NodeFacts): Choice {
  const ready = candidates.filter(({ isReady }) => isReady)
  const cluster = ready.length > 0 ? nearest(ready, node) : lastServing(candidates)
  const here = candidates.filter(({ isLocal }) => isLocal)
  const readyHere = here.filter(({ isReady }) => isReady)
  const local = readyHere.length > 0 ? readyHere : lastServing(here)
  return { cluster: cluster.map(plain), local: local.map(plain) }
}

function lastServing(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ isServing, isTerminating }) => isServing && isTerminating)
}

/** As upstream: hints count only where every ready endpoint has one and at least one of them is for us; those for nodes before those for zones. */
function nearest(ready: readonly Candidate[], node: NodeFacts): readonly Candidate[] {
  const ofNode = ready.filter(({ nodeHints }) => nodeHints.includes(node.name))
  if (ofNode.length > 0 && ready.every(({ nodeHints }) => nodeHints.length > 0)) return ofNode
  const { zone } = node
  if (zone === undefined) return ready
  const ofZone = ready.filter(({ zoneHints }) => zoneHints.includes(zone))
  if (ofZone.length > 0 && ready.every(({ zoneHints }) => zoneHints.length > 0)) return ofZone
  return ready
}

function plain({ address, port, isLocal }: Candidate): Endpoint {
  return { address, port, isLocal }
}
