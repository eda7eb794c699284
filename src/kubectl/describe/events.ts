/** What happened to an object: the last section of most descriptions. */
import type { Event } from '#kinds/core/types.gen'
import type { KubeObject } from '#meta/object'
import { ageOf } from '#meta/table'
import { collection } from './collections.ts'
import { type Lines, newColumns } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

const events = collection<Event>('events')

type Asked = Pick<Surroundings, 'nowMs' | 'list'>

export async function eventLines(object: KubeObject, around: Asked): Promise<Lines> {
  return eventTable(await eventsOf(object, around), around.nowMs)
}

/** `uid` where events name the object by something else than its UID. */
export async function eventsOf(
  object: KubeObject,
  { list }: Pick<Asked, 'list'>,
  uid = object.metadata.uid ?? '',
): Promise<readonly Event[]> {
  const { name = '', namespace = '' } = object.metadata
  const fields = [
    ['involvedObject.name', name],
    ['involvedObject.namespace', namespace],
    ['involvedObject.kind', object.kind],
    ['involvedObject.uid', uid],
  ]
  return await list(events, { namespace, fieldSelector: fields.map(([field, value]) => `${field}=${value}`).join(',') })
}

export function eventTable(found: readonly Event[], nowMs: number): Lines {
  if (found.length === 0) return ['Events:\t<none>']
  const rows = found.toSorted((a, b) => timeOf(a.lastTimestamp) - timeOf(b.lastTimestamp)).map((event) => eventRow(event, nowMs))
  return [newColumns, 'Events:', '  Type\tReason\tAge\tFrom\tMessage', '  ----\t------\t----\t----\t-------', ...rows]
}

function timeOf(timestamp: string | undefined): number {
  return timestamp === undefined ? 0 : Date.parse(timestamp)
}

function eventRow(event: Event, nowMs: number): string {
  const source = event.source?.component || event.reportingComponent || ''
  return `  ${event.type ?? ''}\t${event.reason ?? ''}\t${intervalOf(event, nowMs)}\t${source}\t${messageOf(event)}`
}

/** Which part of the object is meant comes first. */
function messageOf({ involvedObject, message = '' }: Event): string {
  const part = involvedObject.fieldPath ?? ''
  return `${part === '' ? '' : `${part}: `}${message.trim()}`
}

/** How long ago, and how often since when. */
export function intervalOf({ eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: Event, nowMs: number): string {
  const first = ageOf(eventTime ?? firstTimestamp, nowMs)
  if (series !== undefined) return `${ageOf(series.lastObservedTime, nowMs)} (x${series.count ?? 0} over ${first})`
  return count > 1 ? `${ageOf(lastTimestamp, nowMs)} (x${count} over ${first})` : first
}
