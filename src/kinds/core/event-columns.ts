/** The columns of `kubectl get events`. */
import { ageOf, type Column, nameColumn } from '#meta/table'
import type { Event } from './types.gen.ts'

export const eventColumns: readonly Column<Event>[] = [
  {
    name: 'Last Seen',
    type: 'string',
    describedBy: 'lastTimestamp',
    cell: (event, facts) => ageOf(lastSeenAt(event), facts.nowMs),
  },
  { name: 'Type', type: 'string', describedBy: 'type', cell: (event) => event.type ?? '' },
  { name: 'Reason', type: 'string', describedBy: 'reason', cell: (event) => event.reason ?? '' },
  { name: 'Object', type: 'string', description: 'The object that this event is about.', cell: (event) => objectOf(event) },
  {
    name: 'Subobject',
    type: 'string',
    priority: 1,
    describedBy: 'involvedObject.fieldPath',
    cell: (event) => event.involvedObject.fieldPath ?? '',
  },
  {
    name: 'Source',
    type: 'string',
    priority: 1,
    description: 'The component reporting this event. Should be a short machine understandable string.',
    cell: (event) => sourceOf(event),
  },
  { name: 'Message', type: 'string', describedBy: 'message', cell: (event) => (event.message ?? '').trim() },
  {
    name: 'First Seen',
    type: 'string',
    priority: 1,
    describedBy: 'firstTimestamp',
    cell: (event, facts) => ageOf(firstSeenAt(event), facts.nowMs),
  },
  {
    name: 'Count',
    type: 'string',
    priority: 1,
    describedBy: 'count',
    cell: ({ series, count }) => (series === undefined ? count || 1 : (series.count ?? 0)),
  },
  { ...nameColumn, priority: 1 },
]

function firstSeenAt(event: Event): string | undefined {
  return event.firstTimestamp ?? event.eventTime ?? undefined
}

function lastSeenAt(event: Event): string | undefined {
  return event.series === undefined ? (event.lastTimestamp ?? firstSeenAt(event)) : event.series.lastObservedTime
}

function objectOf({ involvedObject: { kind = '', name = '' } }: Event): string {
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`
}

function sourceOf(event: Event): string {
  const component = event.source?.component || event.reportingComponent || ''
  const instance = event.source?.host || event.reportingInstance || ''
  return instance === '' ? component : `${component}, ${instance}`
}
