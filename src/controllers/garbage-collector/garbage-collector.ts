/**
 * Deletes what its owners left behind, in any resource the server serves. Follows all of them through the
 * shared caches; asks the server itself before it believes that an owner is gone.
 */
import type { DiscoveredResource } from '#client/discovery'
import type { InformerEvent } from '#client/informer'
import { groupVersionOf, type Kind } from '#meta/kind'
import { type KubeObject, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { OwnerReference } from '#meta/types.gen'
import { KeyQueue } from '#reconcile/key-queue'
import type { RunnerDeps } from '#reconcile/runner'
import { ServedResources } from '../served-resources.ts'
import { awaitsDependents, type GraphNode, OwnerGraph, ownersOf } from './owner-graph.ts'
import { judge, type OwnerState, type Verdict } from './plan.ts'

const workerCount = 20

export async function runGarbageCollector(deps: RunnerDeps, signal: AbortSignal): Promise<void> {
  await new GarbageCollector(deps).run(signal)
}

class GarbageCollector {
  readonly #deps: RunnerDeps
  readonly #graph = new OwnerGraph()
  readonly #queue: KeyQueue
  readonly #resources: ServedResources

  constructor(deps: RunnerDeps) {
    this.#deps = deps
    this.#queue = new KeyQueue(deps.clock)
    const take = (kind: Kind, event: InformerEvent<KubeObject>) => this.#take(kind, event)
    this.#resources = new ServedResources(deps, { name: 'garbage collector', isWanted: isCollectable, take })
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#queue.close(), { once: true })
    await Promise.all([this.#resources.run(signal), ...Array.from({ length: workerCount }, () => this.#work(signal))])
  }

  #take(kind: Kind, event: InformerEvent<KubeObject>): void {
    const { object } = event
    const uid = object.metadata.uid ?? ''
    if (event.type === 'deleted') {
      const dependents = this.#graph.dependentsOf(uid)
      this.#graph.remove(uid)
      for (const dependent of dependents) this.#queue.add(uidOf(dependent))
      // An owner that waits for this one may be free now.
      for (const owner of ownersOf(object)) if (this.#graph.get(owner.uid) !== undefined) this.#queue.add(owner.uid)
      return
    }
    this.#graph.put({ kind, object })
    if (ownersOf(object).length > 0 || (object.metadata.finalizers ?? []).length > 0) this.#queue.add(uid)
    if (event.type === 'updated') for (const owner of ownersOf(event.old)) if (this.#isLeaving(owner.uid)) this.#queue.add(owner.uid)
  }

  #isLeaving(uid: string): boolean {
    const node = this.#graph.get(uid)
    return node !== undefined && node.object.metadata.deletionTimestamp !== undefined
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let uid = await this.#queue.take(); uid !== undefined; uid = await this.#queue.take()) {
      try {
        await this.#collect(uid, signal)
        this.#queue.succeeded(uid)
      } catch (error) {
        if (!signal.aborted) {
          this.#deps.log.debug('garbage collector: to be tried again', { uid, error })
          this.#queue.retry(uid)
        }
      }
      this.#queue.done(uid)
    }
  }

  async #collect(uid: string, signal: AbortSignal): Promise<void> {
    const node = this.#graph.get(uid)
    if (node === undefined) return
    const states = new Map<string, OwnerState>()
    for (const owner of ownersOf(node.object)) states.set(owner.uid, await this.#stateOf(node, owner, signal))
    const dependents = this.#graph.dependentsOf(uid).map(({ object }) => object)
    const verdict = judge({ object: node.object, dependents, stateOf: ({ uid: owner }) => states.get(owner) ?? 'solid' })
    await this.#carryOut(node, verdict, signal)
  }

  async #stateOf(dependent: GraphNode, owner: OwnerReference, signal: AbortSignal): Promise<OwnerState> {
    const held = this.#graph.get(owner.uid)
    if (held !== undefined && isInReach(held, dependent)) return awaitsDependents(held.object) ? 'leaving' : 'solid'
    const kind = this.#resources.kindOf(groupVersionOf(owner.apiVersion)[0], owner.kind)
    // A kind that nobody serves may come back: what it owned is kept until then.
    if (kind === undefined) throw new Error(`no resource is served for owner ${owner.apiVersion} ${owner.kind}`)
    const namespace = kind.scope === 'Namespaced' ? dependent.object.metadata.namespace : undefined
    if (kind.scope === 'Namespaced' && namespace === undefined) return 'absent'
    const live = await ignoreNotFound(this.#deps.client.get(kind, { namespace, name: owner.name }, signal))
    if (live === undefined || live.metadata.uid !== owner.uid) return 'absent'
    return awaitsDependents(live) ? 'leaving' : 'solid'
  }

  async #carryOut(node: GraphNode, verdict: Verdict, signal: AbortSignal): Promise<void> {
    switch (verdict.do) {
      case 'nothing':
        return
      case 'delete-dependents':
        for (const { metadata } of verdict.dependents) this.#queue.add(metadata.uid ?? '')
        return
      case 'delete':
        return await this.#delete(node, verdict.propagationPolicy, signal)
      case 'unblock-owners-and-delete':
        return await this.#unblockOwnersAndDelete(node, signal)
      case 'drop-owners':
        return await this.#dropOwners(node, verdict.uids, signal)
      case 'orphan-dependents':
        return await this.#orphan(node, signal)
      case 'remove-finalizer':
        return await this.#removeFinalizer(node, verdict.finalizer, signal)
    }
  }

  async #delete(
    { kind, object }: GraphNode,
    propagationPolicy: 'Foreground' | 'Background' | 'Orphan',
    signal: AbortSignal,
  ): Promise<void> {
    const { uid, ...ref } = refOf(object)
    // Whoever changed its owners since we looked has saved it.
    const precondition = { uid, resourceVersion: object.metadata.resourceVersion }
    try {
      await this.#deps.client.delete(kind, ref, { propagationPolicy, ...precondition }, signal)
    } catch (error) {
      if (hasReason(error, 'NotFound')) return
      if (hasReason(error, 'Conflict')) return this.#queue.addAfter(uid, 1000)
      throw error
    }
  }

  async #unblockOwnersAndDelete(node: GraphNode, signal: AbortSignal): Promise<void> {
    const { uid, ...ref } = refOf(node.object)
    const ownerReferences = ownersOf(node.object).map((owner) => ({ ...owner, blockOwnerDeletion: false }))
    const body = { metadata: { uid, resourceVersion: node.object.metadata.resourceVersion, ownerReferences } }
    const object = await ignoreNotFound(this.#deps.client.patch(node.kind, ref, { type: 'merge', body }, signal))
    if (object !== undefined) await this.#delete({ kind: node.kind, object }, 'Foreground', signal)
  }

  async #dropOwners({ kind, object }: GraphNode, gone: readonly string[], signal: AbortSignal): Promise<void> {
    const { uid, ...ref } = refOf(object)
    const ownerReferences = ownersOf(object).filter((owner) => !gone.includes(owner.uid))
    const body = { metadata: { uid, resourceVersion: object.metadata.resourceVersion, ownerReferences } }
    await ignoreNotFound(this.#deps.client.patch(kind, ref, { type: 'merge', body }, signal))
  }

  async #orphan(node: GraphNode, signal: AbortSignal): Promise<void> {
    const uid = uidOf(node)
    for (const dependent of this.#graph.dependentsOf(uid)) await this.#dropOwners(dependent, [uid], signal)
    this.#queue.add(uid)
  }

  async #removeFinalizer({ kind, object }: GraphNode, finalizer: string, signal: AbortSignal): Promise<void> {
    const { uid, ...ref } = refOf(object)
    const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer)
    const body = { metadata: { uid, resourceVersion: object.metadata.resourceVersion, finalizers } }
    await ignoreNotFound(this.#deps.client.patch(kind, ref, { type: 'merge', body }, signal))
  }
}

function uidOf({ object }: GraphNode): string {
  return object.metadata.uid ?? ''
}

/** An owner in another namespace is no owner. */
function isInReach(owner: GraphNode, dependent: GraphNode): boolean {
  return owner.kind.scope === 'Cluster' || owner.object.metadata.namespace === dependent.object.metadata.namespace
}

/** As upstream, events are left to their own end. */
function isCollectable({ group, plural, verbs }: DiscoveredResource): boolean {
  const isEvent = plural === 'events' && (group === '' || group === 'events.k8s.io')
  return !isEvent && ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb))
}
