/** Events are many and forgotten soon: who sends too many is told to wait. Four sorts of limits, each with token buckets by key. */
import type { Clock } from '#base/env/clock'
import { Event } from '#kinds/core/event.kind'
import { StatusError } from '#meta/status'
import { ConfigReader } from '../config-reader.ts'
import { type Admission, type AdmissionPlugin, definePlugin } from './plugin.ts'

const limitTypes = ['Server', 'Namespace', 'User', 'SourceAndObject'] as const
type LimitType = (typeof limitTypes)[number]
type Limit = { readonly type: LimitType; readonly qps: number; readonly burst: number; readonly cacheSize: number }

const cacheSizeDefault = 4096

/** Throws where the configuration says no limits. */
export function eventRateLimit(clock: Clock, configuration: unknown): AdmissionPlugin {
  const enforcers = limitsOf(configuration).map((limit) => new Enforcer(limit, clock))
  return definePlugin<Event>({
    name: 'EventRateLimit',
    kinds: [Event],
    operations: ['CREATE', 'UPDATE'],
    validate(admission) {
      if (admission.isDryRun) return
      // As upstream: every limit is charged, also when another one refuses; the last refusal is the answer.
      const refusals = enforcers.flatMap((enforcer) => enforcer.refusalOf(admission) ?? [])
      const last = refusals.at(-1)
      if (last !== undefined) throw new StatusError(429, 'TooManyRequests', `Too many requests: ${last}`)
    },
  })
}

function limitsOf(configuration: unknown): readonly Limit[] {
  const limits = ConfigReader.of('EventRateLimit', configuration).list('limits')
  if (limits.length === 0) throw new Error('EventRateLimit: limits: Required value: at least one limit is needed')
  return limits.map((limit) => ({
    type: limit.choice('type', limitTypes),
    qps: limit.positive('qps'),
    burst: limit.positive('burst'),
    cacheSize: limit.number('cacheSize', cacheSizeDefault) || cacheSizeDefault,
  }))
}

type Bucket = { tokens: number; atMs: number }

class Enforcer {
  readonly #limit: Limit
  readonly #clock: Clock
  /** The key that was asked for longest ago stands first. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(limit: Limit, clock: Clock) {
    this.#limit = limit
    this.#clock = clock
  }

  refusalOf(admission: Admission<Event>): string | undefined {
    const key = keyOf(this.#limit.type, admission)
    return this.#take(key) ? undefined : `limit reached on type ${this.#limit.type} for key ${key}`
  }

  #take(key: string): boolean {
    const { qps, burst, cacheSize } = this.#limit
    const nowMs = this.#clock.monotonicMs()
    const { tokens, atMs } = this.#buckets.get(key) ?? { tokens: burst, atMs: nowMs }
    const available = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * qps)
    const isEnough = available >= 1
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens: isEnough ? available - 1 : available, atMs: nowMs })
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > cacheSize && oldest !== undefined) this.#buckets.delete(oldest)
    return isEnough
  }
}

function keyOf(type: LimitType, { namespace, user, object }: Admission<Event>): string {
  switch (type) {
    case 'Server':
      return ''
    case 'Namespace':
      return namespace
    case 'User':
      return user.name
    case 'SourceAndObject': {
      const { source, involvedObject: about } = object
      return [source?.component, source?.host, about.kind, about.namespace, about.name, about.uid, about.apiVersion].join('')
    }
  }
}
