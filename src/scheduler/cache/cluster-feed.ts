/** Carries what the informers tell into the cluster's columns and the queue. */
import type { Informer, InformerEvent } from '#client/informer'
import { isPodFinished } from '#domain/pod-phase'
import type { Namespace } from '#kinds/core/namespace.kind'
import type { Node } from '#kinds/core/node.kind'
import type { PersistentVolume } from '#kinds/core/persistent-volume.kind'
import type { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import type { StorageClass } from '#kinds/storage/storage-class.kind'
import type { Cluster } from '../framework/cluster.ts'
import type { PodEventKind } from '../framework/cluster-event.ts'
import { type PodFacts, podFactsOf } from '../framework/pod-facts.ts'
import type { SchedulingQueue } from '../queue/scheduling-queue.ts'
import { nodeChanges } from './node-changes.ts'
import type { PlacedPods } from './placed-pods.ts'
import { isRelevantChange, placedPodChanges } from './pod-changes.ts'

export type FeedDeps = {
  readonly cluster: Cluster
  readonly placed: PlacedPods
  readonly queue: SchedulingQueue
  /** Whether the pod's scheduler is this one. */
  readonly isOurs: (pod: Pod) => boolean
}

export type FeedSources = {
  readonly nodes: Informer<Node>
  readonly pods: Informer<Pod>
  readonly namespaces: Informer<Namespace>
  readonly claims: Informer<PersistentVolumeClaim>
  readonly volumes: Informer<PersistentVolume>
  readonly storageClasses: Informer<StorageClass>
}

/** Nodes before pods, so that pods find theirs; disposing ends it. */
export function feedCluster(deps: FeedDeps, sources: FeedSources): Disposable {
  const { queue } = deps
  const subscriptions = new DisposableStack()
  subscriptions.use(sources.namespaces.subscribe((event) => onNamespace(deps, event)))
  subscriptions.use(sources.claims.subscribe(() => queue.happened({ kind: 'claim-changed' })))
  subscriptions.use(sources.volumes.subscribe(() => queue.happened({ kind: 'volume-changed' })))
  subscriptions.use(sources.storageClasses.subscribe(() => queue.happened({ kind: 'storage-class-changed' })))
  subscriptions.use(sources.nodes.subscribe((event) => onNode(deps, event)))
  subscriptions.use(sources.pods.subscribe((event) => onPod(deps, event)))
  return subscriptions
}

/** Terms may mean namespaces by their labels. */
function onNamespace({ cluster, queue }: FeedDeps, event: InformerEvent<Namespace>): void {
  if (event.type === 'updated' && isSameValue(event.old.metadata.labels, event.object.metadata.labels)) return
  cluster.podCounts.forgetAll()
  queue.happened({ kind: 'namespace-changed' })
}

function onNode({ cluster, queue }: FeedDeps, event: InformerEvent<Node>): void {
  const { object: node } = event
  if (event.type === 'deleted') return cluster.removeNode(node.metadata.name ?? '')
  cluster.putNode(node)
  if (event.type === 'added') return queue.happened({ kind: 'node-added', node })
  for (const kind of nodeChanges(event.old, node)) queue.happened({ kind, node })
}

function onPod(deps: FeedDeps, event: InformerEvent<Pod>): void {
  const { object: pod } = event
  if (event.type === 'deleted' || isPodFinished(pod)) leave(deps, pod)
  else if (pod.spec?.nodeName) place(deps, podFactsOf(pod), pod.spec.nodeName)
  else if (!deps.isOurs(pod)) deps.queue.delete(pod.metadata.uid ?? '')
  else wait(deps, pod, event.type === 'updated' ? event.old : undefined)
}

function leave({ placed, queue, cluster }: FeedDeps, pod: Pod): void {
  const uid = pod.metadata.uid ?? ''
  queue.delete(uid)
  cluster.nominations.withdraw(uid)
  const gone = placed.gone(uid)
  if (gone !== undefined) queue.happened({ kind: 'assigned-pod-deleted', pod: gone })
}

function place({ placed, queue, cluster }: FeedDeps, pod: PodFacts, nodeName: string): void {
  queue.delete(pod.uid)
  cluster.nominations.withdraw(pod.uid)
  const kinds: readonly PodEventKind[] = placedPodChanges(placed.told(pod, nodeName), pod)
  for (const kind of kinds) queue.happened({ kind, pod })
}

function wait({ placed, queue, cluster }: FeedDeps, pod: Pod, old: Pod | undefined): void {
  const uid = pod.metadata.uid ?? ''
  // A pod that is being bound, or going away, needs no node; what is assumed ends with the binding.
  if (placed.isAssumed(uid)) return
  if (pod.metadata.deletionTimestamp !== undefined) {
    cluster.nominations.withdraw(uid)
    return queue.delete(uid)
  }
  const facts = podFactsOf(pod)
  const nominated = pod.status?.nominatedNodeName
  if (nominated && !queue.has(uid)) cluster.nominations.nominate(facts, nominated)
  queue.put(facts, old !== undefined && isRelevantChange(podFactsOf(old), facts))
}
