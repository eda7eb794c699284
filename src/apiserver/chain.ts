/** The way of a request, as one list: reading it is reading the server. */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Authenticator } from './authn/authenticator.ts'
import { impersonate } from './authn/impersonate.ts'
import type { Authorizer } from './authz/authorizer.ts'
import type { Answer, Exchange, Step } from './exchange.ts'
import { classifyFlow, type FlowOf } from './flow/flow-index.ts'
import { type InFlightLimits, limitInFlight } from './flow/limit-in-flight.ts'
import type { Metrics } from './metrics/metrics.ts'
import { authenticate } from './request/authenticate.ts'
import { authorize } from './request/authorize.ts'
import { decodeProtobuf, type ProtobufDeps } from './request/decode-protobuf.ts'
import { guardAgainstPanic } from './request/guard-against-panic.ts'
import { parseRequestInfo } from './request/parse-request-info.ts'
import { setDeadline } from './request/set-deadline.ts'
import { encodeProtobuf } from './serve/encode-protobuf.ts'
import { type CborDeps, serveCbor } from './serve/serve-cbor.ts'

export type ChainDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly authenticators: readonly Authenticator[]
  readonly authorizer: Authorizer
  readonly metrics: Metrics
  readonly flowOf: FlowOf
  readonly limits: InFlightLimits
  readonly requestTimeoutMs: number
  readonly protobuf: ProtobufDeps
  /** Without it CBOR is not served. */
  readonly cbor: CborDeps | undefined
}

export function chainOf(deps: ChainDeps): readonly Step[] {
  return [
    parseRequestInfo, // URL -> verb, resource, name
    deps.metrics.countRequests,
    guardAgainstPanic(deps.log), // one bad request harms no other
    ...(deps.cbor === undefined ? [] : [serveCbor(deps.cbor)]), // CBOR for those who prefer it
    encodeProtobuf(deps.protobuf), // answers in protobuf for those who prefer it
    setDeadline(deps.clock, deps.requestTimeoutMs),
    authenticate(deps.authenticators), // who
    impersonate(deps.authorizer), // as whom
    classifyFlow(deps.flowOf), // in which flow
    limitInFlight(deps.limits), // how many at once
    authorize(deps.authorizer), // may they
    decodeProtobuf(deps.protobuf), // how a body in protobuf is read
  ]
}

export type Handler = (exchange: Exchange) => Promise<Answer>

/** The steps as one function that ends in `last`. */
export function compose(steps: readonly Step[], last: Handler): Handler {
  return steps.reduceRight<Handler>((next, step) => (exchange) => step(exchange, next), last)
}
