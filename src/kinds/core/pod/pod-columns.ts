/** The columns of `kubectl get pods`. */
import { ageColumn, ageOf, type CellFacts, type Column, nameColumn, type RowCondition } from '#meta/table'
import type { Pod } from '../types.gen.ts'
import { podSummaryOf } from './pod-summary.ts'

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    cell: (pod) => readyOf(pod),
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The aggregate status of the containers in this pod.',
    cell: (pod) => podSummaryOf(pod).reason,
  },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    cell: restartsOf,
  },
  ageColumn,
  { name: 'IP', type: 'string', priority: 1, describedBy: 'status.podIP', cell: (pod) => orNone(pod.status.podIPs?.[0]?.ip) },
  { name: 'Node', type: 'string', priority: 1, describedBy: 'spec.nodeName', cell: (pod) => orNone(pod.spec.nodeName) },
  {
    name: 'Nominated Node',
    type: 'string',
    priority: 1,
    describedBy: 'status.nominatedNodeName',
    cell: (pod) => orNone(pod.status.nominatedNodeName),
  },
  {
    name: 'Readiness Gates',
    type: 'string',
    priority: 1,
    describedBy: 'spec.readinessGates',
    cell: readinessGatesOf,
  },
]

/** Readers may leave out the rows of pods that are over. */
export function podRowConditions({ status: { phase } }: Pod): readonly RowCondition[] | undefined {
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : phase === 'Failed' ? 'The pod failed.' : undefined
  return phase === undefined || message === undefined ? undefined : [{ type: 'Completed', status: 'True', reason: phase, message }]
}

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
