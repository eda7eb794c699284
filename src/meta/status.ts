/** Kubernetes' Status object as an error: what a failed request answers. */
import type { FieldError } from './field-path.ts'

export type StatusReason =
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'Timeout'
  | 'TooManyRequests'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable'
  | 'StorageReadError'
  | 'Unknown'
  | ''

export type StatusCause = { readonly reason?: string; readonly message?: string; readonly field?: string }
export type StatusDetails = {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** The wire form (`v1 Status`). */
export type StatusBody = {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Readonly<Record<string, never>>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code: number
}

/** What a message names: the plural resource and its group (`deployments.apps`). */
export type ResourceName = { readonly group: string; readonly plural: string }

export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: number
  readonly reason: StatusReason
  readonly details: StatusDetails | undefined

  constructor(code: number, reason: StatusReason, message: string, details?: StatusDetails, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.reason = reason
    this.details = details
  }

  body(): StatusBody {
    const { code, reason, message, details } = this
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }
}

/** Whether `error` is a StatusError of one of `reasons`. */
export function hasReason(error: unknown, ...reasons: readonly StatusReason[]): error is StatusError {
  return error instanceof StatusError && reasons.includes(error.reason)
}

/** Resolves to undefined where the object is gone; other failures pass on. */
export async function ignoreNotFound<T>(pending: Promise<T>): Promise<T | undefined> {
  try {
    return await pending
  } catch (error) {
    if (hasReason(error, 'NotFound')) return undefined
    throw error
  }
}

export function notFound(resource: ResourceName, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(resource)} ${quoted(name)} not found`, detailsOf(resource, name))
}

export function alreadyExists(resource: ResourceName, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualified(resource)} ${quoted(name)} already exists`, detailsOf(resource, name))
}

export function conflict(resource: ResourceName, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} ${quoted(name)}: ${why}`
  return new StatusError(409, 'Conflict', message, detailsOf(resource, name))
}

/** The reason of an optimistic-lock conflict, word for word as clients see it. */
export const modifiedMessage = 'the object has been modified; please apply your changes to the latest version and try again'

export function forbidden(resource: ResourceName, name: string, why: string): StatusError {
  const subject =
    resource.plural === ''
      ? 'forbidden'
      : name === ''
        ? `${qualified(resource)} is forbidden`
        : `${qualified(resource)} ${quoted(name)} is forbidden`
  return new StatusError(403, 'Forbidden', `${subject}: ${why}`, detailsOf(resource, name))
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized')
}

export function badRequest(message: string, cause?: unknown): StatusError {
  return new StatusError(400, 'BadRequest', message, undefined, cause)
}

/** 422: `errors` become the causes. `kind` is the kind of the object (`Deployment`), not its resource. */
export function invalidObject(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const lines = [...new Set(errors.map((error) => `${error.path}: ${error.message}`))]
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`
  const causes = errors.map(({ type, message, path }) => ({ reason: type, message, field: path }))
  const subject = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const details = {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    ...(kind.kind === '' ? {} : { kind: kind.kind }),
    causes,
  }
  return new StatusError(422, 'Invalid', `${subject} ${quoted(name)} is invalid: ${list}`, details)
}

/** 410 of a list or watch from a revision that is compacted, and of an expired continue token. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message)
}

export function unsupportedMediaType(message: string): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', message)
}

export function notAcceptable(message: string): StatusError {
  return new StatusError(406, 'NotAcceptable', message)
}

export function entityTooLarge(message: string): StatusError {
  return new StatusError(413, 'RequestEntityTooLarge', message)
}

export function serviceUnavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message)
}

export function timeout(message: string, retryAfterSeconds = 0): StatusError {
  return new StatusError(504, 'Timeout', message, retryAfterSeconds === 0 ? undefined : { retryAfterSeconds })
}

export function internalError(error: unknown): StatusError {
  const message = error instanceof Error ? error.message : String(error)
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }, error)
}

/** A Status read off the wire, as an error. */
export function statusErrorOf(body: Partial<StatusBody>, httpStatus: number): StatusError {
  const message = body.message ?? `the server answered ${httpStatus}`
  return new StatusError(body.code ?? httpStatus, (body.reason ?? '') as StatusReason, message, body.details)
}

/** `deployments.apps`, or `pods` in the core group. */
function qualified(resource: ResourceName): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

function detailsOf(resource: ResourceName, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    ...(resource.plural === '' ? {} : { kind: resource.plural }),
  }
}
