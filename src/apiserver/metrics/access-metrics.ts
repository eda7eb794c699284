/** How often and how fast the server tells who asks and what he may do, under upstream's names. */
import type { Registry } from 'prom-client'
import type { Clock } from '#base/env/clock'
import { authenticateRequest } from '../authn/authenticate-request.ts'
import type { Authenticator } from '../authn/authenticator.ts'
import type { Authorizer, Decision } from '../authz/authorizer.ts'
import type { UserInfo } from '../exchange.ts'
import { type CounterSeries, type HistogramSeries, SeriesCounter, SeriesHistogram } from './series-metrics.ts'

/** Milliseconds as upstream groups them, in seconds: from one, doubled each time. */
const buckets = Array.from({ length: 15 }, (_, power) => 0.001 * 2 ** power)

/** All authenticators as one that is counted. */
export function measuredAuthenticator(authenticators: readonly Authenticator[], clock: Clock, registry: Registry): Authenticator {
  const byResult = resultMetrics(registry, {
    attempts: { name: 'authentication_attempts', help: '[ALPHA] Counter of authenticated attempts.' },
    duration: { name: 'authentication_duration_seconds', help: '[ALPHA] Authentication duration in seconds broken out by result.' },
  })
  const requests = new SeriesCounter({
    name: 'authenticated_user_requests',
    help: '[ALPHA] Counter of authenticated requests broken out by username.',
    registry,
    labelNames: ['username'],
  })
  const users = new Map<string, CounterSeries>()
  const countUser = (username: string): void => {
    let series = users.get(username)
    if (series === undefined) users.set(username, (series = requests.series({ username })))
    series.increment()
  }
  return {
    name: 'measured',
    async authenticate(request, signal) {
      const startedMs = clock.monotonicMs()
      let result = 'failure'
      try {
        const user = await authenticateRequest(authenticators, request, signal)
        result = 'success'
        countUser(shownUser(user))
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
  const byResult = resultMetrics(registry, {
    attempts: {
      name: 'authorization_attempts_total',
      help: "[ALPHA] Counter of authorization attempts broken down by result. It can be either 'allowed', 'denied', 'no-opinion' or 'error'.",
    },
    duration: { name: 'authorization_duration_seconds', help: '[ALPHA] Authorization duration in seconds broken out by result.' },
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

type Named = { readonly name: string; readonly help: string }
type ResultMetrics = { readonly attempts: Named; readonly duration: Named }

/** Counts one attempt under its result. */
function resultMetrics(registry: Registry, { attempts, duration }: ResultMetrics): (result: string, seconds: number) => void {
  const labelNames = ['result']
  const attemptsBy = new SeriesCounter({ ...attempts, registry, labelNames })
  const durationsBy = new SeriesHistogram({ ...duration, registry, labelNames }, buckets)
  const all = new Map<string, { readonly attempt: CounterSeries; readonly time: HistogramSeries }>()
  return (result, seconds) => {
    let found = all.get(result)
    if (found === undefined) all.set(result, (found = { attempt: attemptsBy.series({ result }), time: durationsBy.series({ result }) }))
    found.attempt.increment()
    found.time.observe(seconds)
  }
}
