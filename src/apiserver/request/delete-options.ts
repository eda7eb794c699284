/** DeleteOptions, from the body or from the query. */
import { type FieldError, FieldPath, invalid, notSupported } from '#meta/field-path'
import { badRequest, invalidObject } from '#meta/status'
import type { IncomingRequest } from '../exchange.ts'
import { integerOf } from './list-options.ts'
import { isTrue } from './parse-request-info.ts'
import { readValue } from './read-body.ts'
import { dryRunErrors } from './write-options.ts'

const ignoreReadError = 'ignoreStoreReadErrorWithClusterBreakingPotential'

export type Propagation = 'Orphan' | 'Background' | 'Foreground'

export type DeleteOptions = {
  readonly gracePeriodSeconds: number | undefined
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
  readonly propagationPolicy: Propagation | undefined
  readonly orphanDependents: boolean | undefined
  readonly isDryRun: boolean
  /** Only an object that cannot be read is meant. */
  readonly ignoresReadError: boolean
}

/** The body counts if there is one, otherwise the query. */
export async function deleteOptionsOf(request: IncomingRequest): Promise<DeleteOptions> {
  const body = await readOptionalBody(request)
  const raw = body === undefined ? fromQuery(request.query) : fromBody(body)
  const errors = [...errorsOf(raw)]
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
  const { dryRun, propagationPolicy, ...rest } = raw
  return { ...rest, propagationPolicy: isPropagation(propagationPolicy) ? propagationPolicy : undefined, isDryRun: dryRun.length > 0 }
}

type RawOptions = Omit<DeleteOptions, 'isDryRun' | 'propagationPolicy'> & {
  readonly propagationPolicy: string | undefined
  readonly dryRun: readonly string[]
}

/** A body that is empty says nothing: `undefined`. */
async function readOptionalBody(request: IncomingRequest): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (request.object === undefined && request.headers['content-length'] === '0') return undefined
  const isEmptyAllowed = request.object === undefined
  const bytes = isEmptyAllowed ? await request.readBody(deleteBodyBytesMax) : new Uint8Array()
  if (isEmptyAllowed && bytes.length === 0) return undefined
  const replay: IncomingRequest = isEmptyAllowed ? { ...request, readBody: () => Promise.resolve(bytes) } : request
  const value = (await readValue(replay, 'DeleteOptions'))?.value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('the body of a delete must be DeleteOptions')
  return value as Readonly<Record<string, unknown>>
}

const deleteBodyBytesMax = 3 * 1024 * 1024

function fromQuery(query: URLSearchParams): RawOptions {
  const orphan = query.get('orphanDependents')
  return {
    gracePeriodSeconds: integerOf(query, 'gracePeriodSeconds'),
    uid: undefined,
    resourceVersion: undefined,
    propagationPolicy: query.get('propagationPolicy') ?? undefined,
    orphanDependents: orphan === null ? undefined : isTrue(orphan),
    dryRun: query.getAll('dryRun').filter((value) => value !== ''),
    ignoresReadError: isTrue(query.get(ignoreReadError) ?? 'false'),
  }
}

function fromBody(body: Readonly<Record<string, unknown>>): RawOptions {
  const kind = body['kind']
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    throw badRequest(`${JSON.stringify(kind)} cannot be handled as a DeleteOptions: the body of a delete must be DeleteOptions`)
  }
  const preconditions = body['preconditions']
  const conditions = typeof preconditions === 'object' && preconditions !== null ? (preconditions as Readonly<Record<string, unknown>>) : {}
  return {
    gracePeriodSeconds: typed(body, 'gracePeriodSeconds', 'number'),
    uid: typed(conditions, 'uid', 'string'),
    resourceVersion: typed(conditions, 'resourceVersion', 'string'),
    propagationPolicy: typed(body, 'propagationPolicy', 'string'),
    orphanDependents: typed(body, 'orphanDependents', 'boolean'),
    dryRun: textsOf(body['dryRun']),
    ignoresReadError: typed(body, ignoreReadError, 'boolean') ?? false,
  }
}

/** What is no text is refused in the words for texts. */
function textsOf(dryRun: unknown): readonly string[] {
  return Array.isArray(dryRun) ? dryRun.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))) : []
}

type Primitives = { readonly number: number; readonly string: string; readonly boolean: boolean }

function typed<K extends keyof Primitives>(source: Readonly<Record<string, unknown>>, field: string, type: K): Primitives[K] | undefined {
  const value = source[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== type)
    throw badRequest(`DeleteOptions: json: cannot unmarshal ${typeof value} into Go struct field DeleteOptions.${field}`)
  return value as Primitives[K]
}

function* errorsOf(options: RawOptions): Generator<FieldError> {
  const { propagationPolicy, orphanDependents, dryRun } = options
  const at = FieldPath.of('propagationPolicy')
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    yield invalid(at, propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set')
  }
  if (propagationPolicy !== undefined && !isPropagation(propagationPolicy)) {
    yield notSupported(at, propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil'])
  }
  yield* dryRunErrors(dryRun)
  if (options.ignoresReadError) yield* contradictionsOf(options)
}

/** Nothing is known of an object that cannot be read, so nothing else can be asked for. */
function* contradictionsOf(options: RawOptions): Generator<FieldError> {
  const { dryRun, propagationPolicy, orphanDependents, gracePeriodSeconds, uid, resourceVersion } = options
  const given = {
    dryRun: dryRun.length > 0,
    propagationPolicy: propagationPolicy !== undefined,
    orphanDependents: orphanDependents !== undefined,
    gracePeriodSeconds: gracePeriodSeconds !== undefined,
    preconditions: uid !== undefined || resourceVersion !== undefined,
  }
  for (const [name, isGiven] of Object.entries(given)) {
    if (isGiven) yield invalid(FieldPath.of(ignoreReadError), true, `cannot be set together with .${name}`)
  }
}

function isPropagation(value: string | undefined): value is Propagation {
  return value === 'Orphan' || value === 'Background' || value === 'Foreground'
}
