/**
 * Of several processes only the holder of a Lease works. A candidate trusts its own clock only: the record
 * counts as alive until it has not changed for the lease's duration, as seen from here.
 */
import { nowRfc3339Micro, sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import type { Client } from '#client/client'
import { deadline } from '#client/deadline'
import { Lease } from '#kinds/coordination/lease.kind'
import { hasReason } from '#meta/status'
import type { EventRecorder } from './event-recorder.ts'

export type LeaderElectionOptions = {
  readonly namespace: string
  readonly name: string
  /** Unique among the candidates; upstream's is the host name and a UUID. */
  readonly identity: string
  readonly leaseDurationMs: number
  readonly renewDeadlineMs: number
  readonly retryPeriodMs: number
}

export const defaultElectionTimes = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 }

/** The lease as last seen, and when it was seen to change. */
export type Observation = { readonly lease: Lease; readonly atMs: number }

/** Whether a candidate may take, or keep, the lease. Pure. */
export function mayHold(seen: Observation | undefined, identity: string, leaseDurationMs: number, nowMs: number): boolean {
  const holder = seen?.lease.spec.holderIdentity
  if (seen === undefined || !holder || holder === identity) return true
  return seen.atMs + leaseDurationMs <= nowMs
}

/** The record that says that `identity` holds the lease from now on. Pure. */
export function claimedLease(old: Lease | undefined, options: LeaderElectionOptions, now: string): Lease {
  const { namespace, name, identity, leaseDurationMs } = options
  const isRenewal = old?.spec.holderIdentity === identity
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: old?.metadata ?? { namespace, name },
    spec: {
      ...old?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.round(leaseDurationMs / 1000),
      acquireTime: isRenewal ? (old.spec.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: isRenewal || old === undefined ? (old?.spec.leaseTransitions ?? 0) : (old.spec.leaseTransitions ?? 0) + 1,
    },
  }
}

class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError'
}

type Deps = Env & { readonly client: Client; readonly events: EventRecorder }

/** Waits to become leader, then runs `lead` until the signal is aborted. Rejects when leadership is lost: the process has to end. */
export async function runAsLeader(
  deps: Deps,
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const candidate = new Candidate(deps, options)
  while (!(await candidate.tryToHold(signal))) await sleep(deps.clock, options.retryPeriodMs * (1 + deps.random.float() * 1.2), signal)
  deps.log.info('became leader', { lease: `${options.namespace}/${options.name}`, identity: options.identity })
  candidate.announce()
  const stop = new AbortController()
  const leading = AbortSignal.any([signal, stop.signal])
  let isLost = false
  const renewing = candidate.keepRenewing(leading).catch((error: unknown) => {
    isLost = true
    stop.abort()
    throw error
  })
  try {
    await Promise.all([lead(leading), renewing])
  } finally {
    stop.abort()
    // What is lost is not ours to give, and our work may not be over yet.
    if (!isLost) await candidate.release()
  }
}

/** As `runAsLeader`, but a process that loses the lease stays and stands for it again. Resolves when the signal is aborted. */
export async function runWheneverLeader(
  deps: Deps,
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let term: Promise<void> = Promise.resolve()
    try {
      await runAsLeader(deps, options, (stop) => (term = lead(stop)), signal)
    } catch (error) {
      if (signal.aborted) break
      if (!(error instanceof LeadershipLostError)) throw error
      deps.log.warn('no longer leader', { lease: `${options.namespace}/${options.name}`, identity: options.identity })
    } finally {
      // The work of one term must be over before the next one may begin.
      await term.catch((error: unknown) => deps.log.debug('the term ended with a failure', { error }))
    }
  }
}

class Candidate {
  readonly #deps: Deps
  readonly #options: LeaderElectionOptions
  #seen: Observation | undefined

  constructor(deps: Deps, options: LeaderElectionOptions) {
    this.#deps = deps
    this.#options = options
  }

  async tryToHold(signal: AbortSignal): Promise<boolean> {
    const { client, clock, log } = this.#deps
    try {
      await this.#observe(signal)
      if (!mayHold(this.#seen, this.#options.identity, this.#options.leaseDurationMs, clock.monotonicMs())) return false
      const claim = claimedLease(this.#seen?.lease, this.#options, nowRfc3339Micro(clock))
      const lease = this.#seen === undefined ? await client.create(Lease, claim, {}, signal) : await client.update(Lease, claim, {}, signal)
      this.#seen = { lease, atMs: clock.monotonicMs() }
      return true
    } catch (error) {
      if (signal.aborted) throw signal.reason
      log.warn('the leader election lease was not renewed', { lease: this.#options.name, error })
      return false
    }
  }

  /** Resolves when aborted; rejects when the lease was not renewed in time. */
  async keepRenewing(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps
    const { renewDeadlineMs, retryPeriodMs } = this.#options
    let renewedMs = clock.monotonicMs()
    while (!signal.aborted) {
      await sleep(clock, retryPeriodMs, signal).catch(() => undefined)
      if (signal.aborted) return
      using limit = deadline(clock, Math.max(renewedMs + renewDeadlineMs - clock.monotonicMs(), 0), 'renew deadline exceeded', signal)
      const isHeld = await this.tryToHold(limit.signal).catch(() => false)
      if (isHeld) renewedMs = clock.monotonicMs()
      else if (!signal.aborted && clock.monotonicMs() - renewedMs >= renewDeadlineMs) throw new LeadershipLostError('leaderelection lost')
    }
  }

  announce(): void {
    if (this.#seen !== undefined)
      this.#deps.events.event(this.#seen.lease, 'Normal', 'LeaderElection', `${this.#options.identity} became leader`)
  }

  /** Lets another take over at once. */
  async release(): Promise<void> {
    const { client, clock, log } = this.#deps
    const lease = this.#seen?.lease
    if (lease?.spec.holderIdentity !== this.#options.identity) return
    const now = nowRfc3339Micro(clock)
    using limit = deadline(clock, this.#options.retryPeriodMs, 'the API server did not answer in time')
    const released = { ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now } }
    await client.update(Lease, released, {}, limit.signal).catch((error: unknown) => log.debug('the lease was not released', { error }))
  }

  async #observe(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#deps
    try {
      const lease = await client.get(Lease, this.#options, signal)
      if (lease.metadata.resourceVersion !== this.#seen?.lease.metadata.resourceVersion) this.#seen = { lease, atMs: clock.monotonicMs() }
    } catch (error) {
      if (!hasReason(error, 'NotFound')) throw error
      this.#seen = undefined
    }
  }
}
