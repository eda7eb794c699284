/** The health checks of the server itself, under upstream's names. */
import { type Clock, sleep } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { Storage, Storages } from '../storage/storage.ts'
import type { HealthCheck, HealthPath } from './health.ts'

export type ServerHealthDeps = {
  readonly clock: Clock
  readonly log: Log
  readonly storages: Storages
  readonly phase: () => 'starting' | 'ready' | 'stopping'
  /** How long a store may take to answer. */
  readonly healthTimeoutMs: number
  readonly readyTimeoutMs: number
}

export function serverHealth(deps: ServerHealthDeps): readonly HealthCheck[] {
  const { phase, healthTimeoutMs, readyTimeoutMs } = deps
  const all: readonly HealthPath[] = ['healthz', 'livez', 'readyz']
  return [
    { name: 'ping', paths: all, check: () => undefined },
    { name: 'log', paths: all, check: () => undefined },
    { name: 'etcd', paths: all, check: () => storeProblem(deps, healthTimeoutMs) },
    { name: 'etcd-readiness', paths: ['readyz'], check: () => storeProblem(deps, readyTimeoutMs) },
    { name: 'informer-sync', paths: ['readyz'], check: () => undefined },
    ...startHooks.map(
      (name): HealthCheck => ({
        name: `poststarthook/${name}`,
        paths: all,
        check: () => (phase() === 'starting' ? 'not finished' : undefined),
      }),
    ),
    { name: 'shutdown', paths: ['readyz'], check: () => (phase() === 'stopping' ? 'process is shutting down' : undefined) },
  ]
}

/** What the server does at its start, in upstream's words and order, as far as it does it; all of it is done when the start is. */
const startHooks: readonly string[] = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'apiservice-status-local-available-controller',
  'apiservice-registration-controller',
  'kube-apiserver-autoregistration',
]

/** Why one of the stores takes no writes. Answers show it only to who asks for this check alone, so it is logged. */
async function storeProblem({ clock, log, storages }: ServerHealthDeps, timeoutMs: number): Promise<string | undefined> {
  const stop = new AbortController()
  const late = sleep(clock, timeoutMs, stop.signal).then(
    () => `the store did not answer within ${timeoutMs} ms`,
    () => undefined,
  )
  const problem = await Promise.race([firstProblem(storages, stop.signal), late])
  stop.abort()
  if (problem !== undefined) log.warn('the store is not healthy', { problem })
  return problem
}

async function firstProblem(storages: Storages, signal: AbortSignal): Promise<string | undefined> {
  try {
    const problems = await Promise.all(storages.all().map((storage) => problemOf(storage, signal)))
    return problems.find((problem) => problem !== undefined)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** As upstream: a shared store has to answer a read, for which it needs a majority of its members. An embedded one knows how it is. */
async function problemOf({ store, feed }: Storage, signal: AbortSignal): Promise<string | undefined> {
  if (!feed.isShared) return (await store.status(signal)).degraded
  await feed.freshness(signal)
  return undefined
}
