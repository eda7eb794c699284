/** Counts what quotas limit, and gives back what is no longer used. What is added is charged by the server as it is admitted. */
import { assert } from '#base/assert'
import type { DiscoveredResource } from '#client/discovery'
import type { InformerEvent } from '#client/informer'
import { ResourceQuota } from '#kinds/core/resource-quota.kind'
import { isSameValue } from '#kinds/same-value'
import type { Kind } from '#meta/kind'
import { type KubeObject, keyOf, refOf } from '#meta/object'
import { type Controller, type ControllerDeps, done, type Result } from '#reconcile/controller'
import type { RunnerDeps } from '#reconcile/runner'
import { ServedResources } from '../served-resources.ts'
import { changesUsage, quotaUsage } from './plan.ts'

// As upstream's --resource-quota-sync-period.
const syncPeriodMs = 300_000

/** What a quota was counted for, and when it is to be counted again in any case. */
type Counted = { readonly uid: string; readonly hard: unknown; readonly dueMs: number }

export function resourceQuotaController(): Controller<ResourceQuota> {
  const quotas = new QuotaCounts()
  return {
    name: 'resourcequota-controller',
    for: ResourceQuota,
    wake: (deps, add, signal) => quotas.follow(deps, add, signal),
    reconcile: (deps, quota, signal) => quotas.count(deps, quota, signal),
    async forget(_deps, key) {
      quotas.forget(key)
      return done
    },
  }
}

class QuotaCounts {
  readonly #counted = new Map<string, Counted>()
  #resources: ServedResources | undefined

  async follow(deps: RunnerDeps, add: (key: string) => void, signal: AbortSignal): Promise<void> {
    const quotas = deps.informers.of(ResourceQuota)
    const take = (kind: Kind, event: InformerEvent<KubeObject>) => {
      if (!givesBack(kind, event, deps.clock.nowMs())) return
      for (const quota of quotas.list(event.object.metadata.namespace)) {
        const key = keyOf(refOf(quota))
        this.#counted.delete(key)
        add(key)
      }
    }
    this.#resources = new ServedResources(deps, { name: 'resource quotas', isWanted: isLimitable, take })
    await this.#resources.run(signal)
  }

  /** A status that somebody else changed stands until the next count is due, as upstream. */
  async count({ client, clock }: ControllerDeps, quota: ResourceQuota, signal: AbortSignal): Promise<Result> {
    const key = keyOf(refOf(quota))
    const nowMs = clock.nowMs()
    const { uid = '', namespace } = quota.metadata
    const hard = quota.spec?.hard
    const before = this.#counted.get(key)
    if (before !== undefined && before.uid === uid && before.dueMs > nowMs && isSameValue(before.hard, hard))
      return { afterMs: before.dueMs - nowMs }
    assert(this.#resources !== undefined, 'quotas are counted only while resources are followed')
    const followed = await this.#resources.followed(signal)
    const counted = { uid, hard, dueMs: nowMs + syncPeriodMs }
    // Noted before it is written: what changes meanwhile takes the note away.
    this.#counted.set(key, counted)
    const holdings = followed.map(({ kind, cache }) => ({ kind, objects: cache.list(namespace) }))
    const status = { hard, used: quotaUsage(quota, holdings, nowMs) }
    try {
      if (!isSameValue(status, quota.status)) await client.updateStatus(ResourceQuota, { ...quota, status }, signal)
    } catch (error) {
      this.#counted.delete(key)
      throw error
    }
    return { afterMs: syncPeriodMs }
  }

  forget(key: string): void {
    this.#counted.delete(key)
  }
}

function givesBack(kind: Kind, event: InformerEvent<KubeObject>, nowMs: number): boolean {
  if (event.type === 'added') return false
  return event.type === 'deleted' || changesUsage(kind, event.object, event.old, nowMs)
}

/** As upstream, events are not limited. */
function isLimitable({ group, plural, verbs, isNamespaced }: DiscoveredResource): boolean {
  const isEvent = plural === 'events' && (group === '' || group === 'events.k8s.io')
  return isNamespaced && !isEvent && ['create', 'list', 'watch', 'delete'].every((verb) => verbs.includes(verb))
}
