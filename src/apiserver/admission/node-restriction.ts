/**
 * What a node may write is its own: its Node object (but not its taints or protected labels), the status of its pods,
 * mirror pods, its lease, its slices, and tokens for the pods that run on it.
 */

import { Lease } from '#kinds/coordination/lease.kind'
import { Node } from '#kinds/core/node.kind'
import { PersistentVolumeClaim } from '#kinds/core/persistent-volume-claim.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { ResourceSlice } from '#kinds/resource/resource-slice.kind'
import { CSINode } from '#kinds/storage/csi-node.kind'
import type { Authorizer } from '../authz/authorizer.ts'
import { referencesOf } from '../authz/node/pod-references.ts'
import type { StateReader } from '../exchange.ts'
import { forNodes } from './for-nodes.ts'
import { isMirrorPod } from './mirror-pod.ts'
import { changedForbiddenLabels } from './node-labels.ts'
import { tokenRestriction } from './node-tokens.ts'
import { type Admission, type AdmissionPlugin, definePlugin, refusal } from './plugin.ts'

export function nodeRestriction(authorizer: Authorizer): readonly AdmissionPlugin[] {
  return [...ofOwnObjects, tokenRestriction(authorizer)]
}

const ofOwnObjects: readonly AdmissionPlugin[] = [
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
  definePlugin<CSINode>({
    name: 'NodeRestriction',
    kinds: [CSINode],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    validate: forNodes(checkCsiNode),
  }),
  definePlugin<ResourceSlice>({
    name: 'NodeRestriction',
    kinds: [ResourceSlice],
    operations: ['CREATE'],
    validate: forNodes(checkSlice),
  }),
  definePlugin<PersistentVolumeClaim>({
    name: 'NodeRestriction',
    kinds: [PersistentVolumeClaim],
    operations: ['UPDATE'],
    subresources: ['status'],
    validate: forNodes(checkClaimStatus),
  }),
]

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
  if (owners.length === 0) throw refusal(admission, `node ${node} can only create pods with an owner reference set to itself`)
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
  if (uid !== owner.uid) throw refusal(admission, `node ${nodeName} UID mismatch: expected ${owner.uid} got ${uid}`)
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
    throw refusal(admission, `node ${node} is not allowed to modify ownerReferences`)
  }
}

function checkLease(admission: Admission<Lease>, nodeName: string): void {
  const { namespace, object, name, operation } = admission
  if (namespace !== 'kube-node-lease') throw refusal(admission, 'can only access leases in the "kube-node-lease" system namespace')
  const leaseName = operation === 'CREATE' ? (object.metadata.name ?? '') : name
  if (leaseName !== nodeName) throw refusal(admission, 'can only access node lease with the same name as the requesting node')
}

function checkCsiNode(admission: Admission<CSINode>, nodeName: string): void {
  const { object, name, operation } = admission
  const ofNode = operation === 'CREATE' ? (object.metadata.name ?? '') : name
  if (ofNode !== nodeName) throw refusal(admission, 'can only access CSINode with the same name as the requesting node')
}

function checkSlice(admission: Admission<ResourceSlice>, nodeName: string): void {
  if (admission.object.spec.nodeName === nodeName) return
  throw refusal(admission, 'can only create ResourceSlice with the same NodeName as the requesting node')
}

/** A node says how large a volume has become, and how that went; nothing else of the claim is its affair. */
function checkClaimStatus(admission: Admission<PersistentVolumeClaim>, nodeName: string): void {
  const { object, old } = admission
  if (old === undefined || isSame(withoutSize(object), withoutSize(old))) return
  throw refusal(
    admission,
    `node ${JSON.stringify(nodeName)} is not allowed to update fields other than status.quantity and status.conditions`,
  )
}

function withoutSize({ metadata, spec, status }: PersistentVolumeClaim): unknown {
  const { capacity, conditions, allocatedResources, allocatedResourceStatuses, ...rest } = status ?? {}
  return { metadata: { ...metadata, managedFields: undefined, resourceVersion: undefined }, spec, status: rest }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}
