/** What events have to keep; those with an `eventTime` are of the new style, and stricter (upstream: ValidateEventCreate). */
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { Event } from './types.gen.ts'

const wordLengthMax = 128
const messageLengthMax = 1024

/** `reporterField` is the name that the reporter has in the version of the request. */
export function* validateEvent(event: Event, reporterField: 'reportingComponent' | 'reportingController'): FieldErrors {
  yield* validateInvolvedNamespace(event)
  if (event.eventTime === undefined || event.eventTime === null) return
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event
  if (reportingComponent === '') yield required(FieldPath.of(reporterField))
  yield* invalidEach(FieldPath.of(reporterField), reportingComponent, isQualifiedName(reportingComponent))
  yield* validateWord('reportingInstance', reportingInstance)
  yield* validateWord('action', action)
  yield* validateWord('reason', reason)
  if (message.length > messageLengthMax) yield invalid(FieldPath.of('message'), '', `can have at most ${messageLengthMax} characters`)
}

function* validateWord(field: string, word: string): FieldErrors {
  if (word === '') yield required(FieldPath.of(field))
  if (word.length > wordLengthMax) yield invalid(FieldPath.of(field), '', `can have at most ${wordLengthMax} characters`)
}

/** Events of what is cluster-scoped live in `default`; those of the new style may speak of another namespace. */
function* validateInvolvedNamespace(event: Event): FieldErrors {
  const { namespace = '' } = event.metadata
  const involved = event.involvedObject.namespace ?? ''
  const isNew = event.eventTime !== undefined && event.eventTime !== null
  const fits = involved === '' ? ['default', isNew ? 'kube-system' : ''].includes(namespace) : isNew || involved === namespace
  if (!fits) yield invalid(FieldPath.of('involvedObject', 'namespace'), involved, 'does not match event.namespace')
}
