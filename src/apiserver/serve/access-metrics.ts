/** How often and how fast the server tells who asks and what he may do, under upstream's names. */
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Clock } from '#base/env/clock'
import { authenticateRequest } from '../authn/authenticate-request.ts'
import type { Authenticator } from '../authn/authenticator.ts'
import type { Authorizer, Decision } from '../authz/authorizer.ts'
import type { UserInfo } from '../exchange.ts'

/** Milliseconds as upstream groups them, in seconds: from one, doubled each time. */
const buckets = Array.from({ length: 15 }, (_, power) => 0.001 * 2 ** power)

/** All authenticators as one that is counted. */
export function measuredAuthenticator(authenticators: readonly Authenticator[], clock: Clock, registry: Registry): Authenticator {
  const registers = [registry]
  const byResult = resultMetrics({
    attempts: new Counter({
      name: 'authentication_attempts',
      help: '[ALPHA] Counter of authenticated attempts.',
      registers,
      labelNames: ['result'],
    }),
    duration: new Histogram({
      name: 'authentication_duration_seconds',
      help: '[ALPHA] Authentication duration in seconds broken out by result.',
      registers,
      buckets,
      labelNames: ['result'],
    }),
  })
  const users = new Counter({
    name: 'authenticated_user_requests',
    help: '[ALPHA] Counter of authenticated requests broken out by username.',
    registers,
    labelNames: ['username'],
  })
  return {
    name: 'measured',
    async authenticate(request, signal) {
      const startedMs = clock.monotonicMs()
      let result = 'failure'
      try {
        const user = await authenticateRequest(authenticators, request, signal)
        result = 'success'
        users.labels(shownUser(user)).inc()
        return user
      } finally {
        byResult(result, (clock.monotonicMs() - startedMs) / 1000)
      }
    },
  }
}

/** As upstream: few names are of interest, and nobody can make more of them. */
function shownUser({ name }: UserInfo): string {
  return knownUsers.has(name) ? name : 'other'
}

const knownUsers: ReadonlySet<string> = new Set(['admin', 'kube_proxy', 'kubelet', 'kubelet_proxy', 'system:apiserver', 'client'])

export function measuredAuthorizer(authorizer: Authorizer, clock: Clock, registry: Registry): Authorizer {
  const registers = [registry]
  const byResult = resultMetrics({
    attempts: new Counter({
      name: 'authorization_attempts_total',
      help: "[ALPHA] Counter of authorization attempts broken down by result. It can be either 'allowed', 'denied', 'no-opinion' or 'error'.",
      registers,
      labelNames: ['result'],
    }),
    duration: new Histogram({
      name: 'authorization_duration_seconds',
      help: '[ALPHA] Authorization duration in seconds broken out by result.',
      registers,
      buckets,
      labelNames: ['result'],
    }),
  })
  return {
    name: authorizer.name,
    decide(question, signal) {
      const startedMs = clock.monotonicMs()
      const counted = (decision: Decision): Decision => {
        byResult(resultOf(decision), (clock.monotonicMs() - startedMs) / 1000)
        return decision
      }
      const decision = authorizer.decide(question, signal)
      // Most decisions are there at once, and stay so.
      return decision instanceof Promise ? decision.then(counted) : counted(decision)
    },
  }
}

function resultOf({ verdict, error }: Decision): string {
  if (verdict === 'allow') return 'allowed'
  if (error !== undefined) return 'error'
  return verdict === 'deny' ? 'denied' : 'no-opinion'
}

type ResultMetrics = { readonly attempts: Counter; readonly duration: Histogram }

/** Counts one attempt; the handles of each result are looked up once. */
function resultMetrics({ attempts, duration }: ResultMetrics): (result: string, seconds: number) => void {
  const handles = new Map<string, { readonly attempt: Counter.Internal; readonly time: Histogram.Internal<string> }>()
  return (result, seconds) => {
    let found = handles.get(result)
    if (found === undefined) handles.set(result, (found = { attempt: attempts.labels(result), time: duration.labels(result) }))
    found.attempt.inc()
    found.time.observe(seconds)
  }
}
