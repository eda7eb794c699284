/** Something that happened to an object; kept for an hour. */
import type { FieldErrors } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isPathSegmentName } from '#meta/names'
import { eventColumns } from './event-columns.ts'
import { validateEvent } from './event-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Event = types.Event
export const Event: Kind<Event> = defineKind({
  apiVersion: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  ttlSeconds: 3600,
  createsOnUpdate: true,
  // As upstream: events of the old style have their metadata checked by the generic rules only.
  validateName: isPathSegmentName,
  takesBareFinalizers: true,
  leavesMetaToGenericCheck: true,
  schema: schemas.Event,
  columns: eventColumns,
  validate: (event): FieldErrors => validateEvent(event, 'reportingComponent'),
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  },
})
