/** Probes and lifecycle handlers of a container (upstream: validateProbe, validateHandler). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isHttpHeaderName, isPortName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { IntOrString } from '#meta/types.gen'
import { validateNotNegative, validatePort } from '../../number-validation.ts'
import type { Container, LifecycleHandler, Probe } from '../types.gen.ts'

type Probed = Pick<Container, 'livenessProbe' | 'readinessProbe' | 'startupProbe'>

export function* validateProbes({ livenessProbe, readinessProbe, startupProbe }: Probed, graceSeconds: number, at: FieldPath): FieldErrors {
  yield* validateProbe(livenessProbe, graceSeconds, at.field('livenessProbe'))
  yield* validateSingleSuccess(livenessProbe, at.field('livenessProbe'))
  yield* validateProbe(readinessProbe, graceSeconds, at.field('readinessProbe'))
  if (readinessProbe?.terminationGracePeriodSeconds !== undefined) {
    const here = at.field('readinessProbe').field('terminationGracePeriodSeconds')
    yield invalid(here, readinessProbe.terminationGracePeriodSeconds, 'must not be set for readinessProbes')
  }
  yield* validateProbe(startupProbe, graceSeconds, at.field('startupProbe'))
  yield* validateSingleSuccess(startupProbe, at.field('startupProbe'))
}

export function* validateLifecycle({ lifecycle }: Pick<Container, 'lifecycle'>, graceSeconds: number, at: FieldPath): FieldErrors {
  if (lifecycle?.postStart !== undefined) yield* validateHandler(lifecycle.postStart, graceSeconds, at.field('postStart'))
  if (lifecycle?.preStop !== undefined) yield* validateHandler(lifecycle.preStop, graceSeconds, at.field('preStop'))
}

const amounts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const

function* validateProbe(probe: Probe | undefined, graceSeconds: number, at: FieldPath): FieldErrors {
  if (probe === undefined) return
  yield* validateHandler(probe, graceSeconds, at)
  for (const field of amounts) yield* validateNotNegative(probe[field], at.field(field))
  const { terminationGracePeriodSeconds: grace } = probe
  if (grace !== undefined && grace <= 0) yield invalid(at.field('terminationGracePeriodSeconds'), grace, 'must be greater than 0')
}

function* validateSingleSuccess(probe: Probe | undefined, at: FieldPath): FieldErrors {
  if (probe !== undefined && probe.successThreshold !== 1)
    yield invalid(at.field('successThreshold'), probe.successThreshold ?? 0, 'must be 1')
}

type Handler = LifecycleHandler & Pick<Probe, 'grpc'>

function* validateHandler(handler: Handler, graceSeconds: number, at: FieldPath): FieldErrors {
  const given = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((field) => handler[field] !== undefined)
  if (given.length === 0) return yield required(at, 'must specify a handler type')
  for (const [index, field] of given.entries()) {
    if (index > 0) yield forbiddenField(at.field(field), 'may not specify more than 1 handler type')
    else yield* validateAction(handler, field, graceSeconds, at.field(field))
  }
}

function* validateAction(handler: Handler, field: string, graceSeconds: number, at: FieldPath): FieldErrors {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler
  if (field === 'exec' && (exec?.command ?? []).length === 0) yield required(at.field('command'))
  if (field === 'httpGet' && httpGet !== undefined) yield* validateHttpGet(httpGet, at)
  if (field === 'tcpSocket') yield* validateHandlerPort(tcpSocket?.port, at.field('port'))
  if (field === 'grpc') yield* validatePort(grpc?.port, at.field('port'))
  if (field === 'sleep' && sleep !== undefined && (sleep.seconds < 0 || sleep.seconds > graceSeconds)) {
    yield invalid(at, sleep.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)
  }
}

function* validateHttpGet(
  { path, port, scheme = '', httpHeaders = [] }: NonNullable<LifecycleHandler['httpGet']>,
  at: FieldPath,
): FieldErrors {
  if (!path) yield required(at.field('path'))
  yield* validateHandlerPort(port, at.field('port'))
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') yield notSupported(at.field('scheme'), scheme, ['HTTP', 'HTTPS'])
  for (const { name } of httpHeaders) yield* invalidEach(at.field('httpHeaders'), name, isHttpHeaderName(name))
}

function* validateHandlerPort(port: IntOrString | undefined, at: FieldPath): FieldErrors {
  if (typeof port === 'string') yield* invalidEach(at, port, isPortName(port))
  else yield* validatePort(port, at)
}
