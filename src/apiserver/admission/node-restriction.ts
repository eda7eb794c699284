/**
 * What a node may write is its own: its Node object (but not its taints or protected labels), the status of its pods,
 * mirror pods, its lease, and tokens for the pods that run on it.
 */

import type { TokenRequest } from '#kinds/authentication/types.gen'
import { Lease } from '#kinds/coordination/lease.kind'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import type { KubeObject } from '#meta/object'
import { nodeNameOf } from '../authz/node/node-identity.ts'
import { referencesOf } from '../authz/node/pod-references.ts'
import type { StateReader } from '../exchange.ts'
import { isMirrorPod } from './mirror-pod.ts'
import { changedForbiddenLabels } from './node-labels.ts'
import { type Admission, type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'

export const nodeRestriction: readonly AdmissionPlugin[] = [
  definePlugin<Pod>({
    name: 'NodeRestriction',
    kinds: [Pod],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    subresources: ['', 'status', 'eviction'],
    validate: forNodes(checkPod),
  }),
  definePlugin<Node>({
    name: 'NodeRestriction',
    kinds: [Node],
    operations: ['CREATE', 'UPDATE'],
    subresources: ['', 'status'],
    validate: forNodes(checkNode),
  }),
  definePlugin<Lease>({
    name: 'NodeRestriction',
    kinds: [Lease],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    validate: forNodes(checkLease),
  }),
  definePlugin<ServiceAccount>({
    name: 'NodeRestriction',
    kinds: [ServiceAccount],
    operations: ['CREATE'],
    subresources: ['token'],
    validate: forNodes(checkTokenRequest),
  }),
]

type NodeCheck<T extends KubeObject> = (admission: Admission<T>, nodeName: string, state: StateReader) => void

/** Everybody but nodes passes. */
function forNodes<T extends KubeObject>(check: NodeCheck<T>): NonNullable<AdmissionPlugin<T>['validate']> {
  return (admission, { state }) => {
    const nodeName = nodeNameOf(admission.user)
    if (nodeName === undefined) return
    if (nodeName === '') throw refusal(admission, `could not determine node from user ${JSON.stringify(admission.user.name)}`)
    check(admission, nodeName, state)
  }
}

function checkPod(admission: Admission<Pod>, nodeName: string, state: StateReader): void {
  const { operation, subresource, object, old, namespace, name } = admission
  const node = JSON.stringify(nodeName)
  if (subresource === 'eviction') {
    const evicted = state.get(Pod, namespace, name)
    if (evicted !== undefined && evicted.spec?.nodeName !== nodeName)
      throw refusal(admission, `node ${nodeName} can only evict pods with spec.nodeName set to itself`)
  } else if (subresource === 'status') {
    if (old?.spec?.nodeName !== nodeName)
      throw refusal(admission, `node ${node} can only update pod status for pods with spec.nodeName set to itself`)
    if (!isSame(object.metadata.labels, old.metadata.labels))
      throw refusal(admission, `node ${node} cannot update labels through pod status`)
  } else if (operation === 'DELETE') {
    const deleted = old ?? state.get(Pod, namespace, name)
    if (deleted !== undefined && deleted.spec?.nodeName !== nodeName)
      throw refusal(admission, `node ${node} can only delete pods with spec.nodeName set to itself`)
  } else if (operation === 'CREATE') {
    checkMirrorPod(admission, nodeName, state)
  } else {
    throw refusal(admission, `unexpected operation ${operation}, node ${node} can only create and delete mirror pods`)
  }
}

function checkMirrorPod(admission: Admission<Pod>, nodeName: string, state: StateReader): void {
  const { object: pod } = admission
  const node = JSON.stringify(nodeName)
  if (!isMirrorPod(pod)) {
    throw refusal(admission, `pod does not have "kubernetes.io/config.mirror" annotation, node ${node} can only create mirror pods`)
  }
  if (pod.spec?.nodeName !== nodeName) throw refusal(admission, `node ${node} can only create pods with spec.nodeName set to itself`)
  checkOwner(admission, nodeName, state)
  const forbiddenReference = [...referencesOf(pod)][0]
  if (forbiddenReference !== undefined)
    throw refusal(admission, `node ${node} can not create pods that reference ${forbiddenReference.kind}`)
}

function checkOwner(admission: Admission<Pod>, nodeName: string, state: StateReader): void {
  const owners = admission.object.metadata.ownerReferences ?? []
  const node = JSON.stringify(nodeName)
  if (owners.length === 0) return
  const [owner] = owners
  if (owners.length > 1 || owner === undefined)
    throw refusal(admission, `node ${node} can only create pods with a single owner reference set to itself`)
  if (owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== nodeName) {
    throw refusal(admission, `node ${node} can only create pods with an owner reference set to itself`)
  }
  if (owner.controller !== true)
    throw refusal(admission, `node ${node} can only create pods with a controller owner reference set to itself`)
  if (owner.blockOwnerDeletion === true) throw refusal(admission, `node ${node} must not set blockOwnerDeletion on an owner reference`)
  const uid = state.get(Node, undefined, nodeName)?.metadata.uid
  if (uid !== owner.uid)
    throw refusal(
      admission,
      `node ${node} can only create pods with an owner reference set to itself: UID mismatch: expected ${uid} got ${owner.uid}`,
    )
}

function checkNode(admission: Admission<Node>, nodeName: string): void {
  const { operation, object: next, old } = admission
  const node = JSON.stringify(nodeName)
  const name = next.metadata.name ?? admission.name
  if (name !== nodeName) throw refusal(admission, `node ${node} is not allowed to modify node ${JSON.stringify(name)}`)
  const labels = changedForbiddenLabels(next.metadata.labels ?? {}, old?.metadata.labels ?? {})
  // With which taints it registers is its own affair: they only keep pods away.
  if (operation === 'CREATE') {
    if (labels.length > 0) throw refusal(admission, `node ${node} is not allowed to set the following labels: ${labels.join(', ')}`)
    return
  }
  if (!isSame(next.spec?.taints, old?.spec?.taints)) throw refusal(admission, `node ${node} is not allowed to modify taints`)
  if (labels.length > 0) throw refusal(admission, `is not allowed to modify labels: ${labels.join(', ')}`)
  if (!isSame(next.metadata.ownerReferences, old?.metadata.ownerReferences)) {
    throw refusal(admission, `node ${node} is not allowed to modify metadata.ownerReferences`)
  }
}

function checkLease(admission: Admission<Lease>, nodeName: string): void {
  const { namespace, object, name, operation } = admission
  if (namespace !== 'kube-node-lease') throw refusal(admission, 'can only access leases in the "kube-node-lease" system namespace')
  const leaseName = operation === 'CREATE' ? (object.metadata.name ?? '') : name
  if (leaseName !== nodeName) throw refusal(admission, 'can only access node lease with the same name as the requesting node')
}

/** The object of this write is the request, which is what its kind says of it. */
function checkTokenRequest(admission: Admission<ServiceAccount>, nodeName: string, state: StateReader): void {
  const request = admission.object as unknown as TokenRequest
  const bound = request.spec.boundObjectRef
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || !bound.name) throw refusal(admission, 'node requested token not bound to a pod')
  if (!bound.uid) throw refusal(admission, 'node requested token with a pod binding without a uid')
  const pod = state.get(Pod, admission.namespace, bound.name)
  if (pod === undefined) throw refusal(admission, `pod ${JSON.stringify(bound.name)} not found`)
  if (pod.metadata.uid !== bound.uid) {
    throw refusal(
      admission,
      `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  if (pod.spec?.nodeName !== nodeName) throw refusal(admission, 'node requested token bound to a pod scheduled on a different node')
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}
