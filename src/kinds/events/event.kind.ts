/** Events in the form of events.k8s.io: other names for the fields of the same rows that the core group keeps. */
import { type FieldErrors, FieldPath, immutable, invalid, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { validateObjectMeta } from '#meta/object-meta-validation'
import { Event as CoreEvent } from '../core/event.kind.ts'
import { eventColumns } from '../core/event-columns.ts'
import { validateEvent } from '../core/event-validation.ts'
import { isSameValue } from '../same-value.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Event = types.Event
export const Event: Kind<Event> = defineKind({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  storePrefix: CoreEvent.storePrefix,
  ttlSeconds: 3600,
  createsOnUpdate: true,
  checksOwnMeta: true,
  schema: schemas.Event,
  columns: eventColumns.map((column) => ({
    ...column,
    describedIn: CoreEvent.schema,
    cell: (event, facts) => column.cell(toStored(event), facts),
  })),
  validate: (event): FieldErrors => validateEvent(toStored(event), 'reportingController'),
  validateCreate: validateNewEvent,
  update: { validate: validateChange },
  selectableFields: {
    'regarding.kind': (event) => event.regarding?.kind ?? '',
    'regarding.namespace': (event) => event.regarding?.namespace ?? '',
    'regarding.name': (event) => event.regarding?.name ?? '',
    'regarding.uid': (event) => event.regarding?.uid ?? '',
    'regarding.apiVersion': (event) => event.regarding?.apiVersion ?? '',
    'regarding.resourceVersion': (event) => event.regarding?.resourceVersion ?? '',
    'regarding.fieldPath': (event) => event.regarding?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingController: (event) => event.reportingController ?? '',
    type: (event) => event.type ?? '',
  },
  storedAs: { kind: CoreEvent, toStored, fromStored },
})

const eventTypes = ['Normal', 'Warning']

function* validateNewEvent(event: Event): FieldErrors {
  const stored = toStored(event)
  yield* validateObjectMeta(event.metadata, { isNamespaced: true })
  if (event.series !== undefined) yield* validateSeries(event.series)
  if (stored.eventTime === undefined || stored.eventTime === null) yield required(FieldPath.of('eventTime'))
  if (!eventTypes.includes(event.type ?? '')) yield invalid(FieldPath.of('type'), '', `has invalid value: ${event.type ?? ''}`)
  for (const [field, value] of deprecatedFields(stored)) if (value) yield invalid(FieldPath.of(field), '', 'needs to be unset')
}

/** An event is a fact: only its series goes on (upstream: ValidateEventUpdate). */
function* validateChange(next: Event, old: Event): FieldErrors {
  if (next.series !== undefined && !isSameValue(next.series, old.series)) yield* validateSeries(next.series)
  const [now, was] = [toStored(next), toStored(old)]
  for (const field of fixedFields) yield* immutable(FieldPath.of(shownNames[field] ?? field), now[field], was[field])
}

/** By the name under which the event is stored, in upstream's order. */
const fixedFields = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const satisfies readonly (keyof CoreEvent)[]
const shownNames: { readonly [field: string]: string } = { reportingComponent: 'reportingController' }

function* validateSeries(series: NonNullable<Event['series']>): FieldErrors {
  if ((series.count ?? 0) < 2) yield invalid(FieldPath.of('series', 'count'), '', 'should be at least 2')
  if (!series.lastObservedTime) yield required(FieldPath.of('series', 'lastObservedTime'))
}

function deprecatedFields(stored: CoreEvent): readonly (readonly [field: string, value: unknown])[] {
  return [
    ['firstTimestamp', stored.firstTimestamp],
    ['lastTimestamp', stored.lastTimestamp],
    ['count', stored.count],
    ['source', stored.source?.component || stored.source?.host],
  ]
}

function toStored(event: Event): CoreEvent {
  const {
    regarding,
    note,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    reportingController,
    ...same
  } = event
  return {
    ...same,
    apiVersion: 'v1',
    involvedObject: regarding ?? {},
    message: note,
    source: deprecatedSource ?? {},
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
    reportingComponent: reportingController ?? '',
    reportingInstance: event.reportingInstance ?? '',
  }
}

function fromStored(stored: CoreEvent): Event {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...same } = stored
  return {
    ...same,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
    // The old style writes both even when they are empty.
    reportingController: reportingComponent || undefined,
    reportingInstance: stored.reportingInstance || undefined,
    // Rows of the old style lack what the new style requires: a client reads null.
  } as Event
}
