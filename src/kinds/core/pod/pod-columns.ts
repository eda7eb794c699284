/** The columns of `kubectl get pods`. */
import { ageColumn, ageOf, type CellFacts, type Column, nameColumn } from '#meta/table'
import type { Pod } from '../types.gen.ts'
import { podSummaryOf } from './pod-summary.ts'

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  { name: 'Ready', type: 'string', description: 'How many containers are ready, of how many.', cell: (pod) => readyOf(pod) },
  { name: 'Status', type: 'string', description: 'The state of the containers together.', cell: (pod) => podSummaryOf(pod).reason },
  { name: 'Restarts', type: 'string', description: 'How often containers were restarted, and when last.', cell: restartsOf },
  ageColumn,
  { name: 'IP', type: 'string', priority: 1, description: 'Address of the pod.', cell: (pod) => orNone(pod.status.podIPs?.[0]?.ip) },
  { name: 'Node', type: 'string', priority: 1, description: 'Where the pod runs.', cell: (pod) => orNone(pod.spec.nodeName) },
  {
    name: 'Nominated Node',
    type: 'string',
    priority: 1,
    description: 'Where room is being made for the pod.',
    cell: (pod) => orNone(pod.status.nominatedNodeName),
  },
  {
    name: 'Readiness Gates',
    type: 'string',
    priority: 1,
    description: 'How many readiness gates hold, of how many.',
    cell: readinessGatesOf,
  },
]

function readyOf(pod: Pod): string {
  const { readyCount, containerCount } = podSummaryOf(pod)
  return `${readyCount}/${containerCount}`
}

function restartsOf(pod: Pod, facts: CellFacts): string {
  const { restartCount, lastRestartAt } = podSummaryOf(pod)
  return restartCount > 0 && lastRestartAt !== undefined ? `${restartCount} (${ageOf(lastRestartAt, facts.nowMs)} ago)` : `${restartCount}`
}

function readinessGatesOf(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const isTrue = (type: string) =>
    pod.status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
  return `${gates.filter((gate) => isTrue(gate.conditionType)).length}/${gates.length}`
}

function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text
}
