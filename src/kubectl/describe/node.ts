/** A node: its health, what it has, and what its pods ask of it. */
import type { Lease } from '#kinds/coordination/types.gen'
import type { Node, NodeStatus } from '#kinds/core/types.gen'
import { collection, pods } from './collections.ts'
import { eventsOf, eventTable } from './events.ts'
import { labelAndAnnotationLines } from './identity.ts'
import { byKey, compareText, type Lines, listLines, longTime, onlyIf } from './lines.ts'
import { nodeLoadLines } from './node-load.ts'
import type { Surroundings } from './surroundings.ts'

const leases = collection<Lease>('leases', { group: 'coordination.k8s.io' })

export async function describeNode(node: Node, around: Surroundings): Promise<Lines> {
  const { name = '', creationTimestamp } = node.metadata
  const { podCIDR, podCIDRs = [], providerID, unschedulable } = node.spec ?? {}
  const status = node.status ?? {}
  const fieldSelector = `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded`
  return [
    `Name:\t${name}`,
    `Roles:\t${rolesOf(node).join(',') || '<none>'}`,
    ...labelAndAnnotationLines(node),
    `CreationTimestamp:\t${longTime(creationTimestamp)}`,
    ...listLines('Taints', taintTexts(node)),
    `Unschedulable:\t${unschedulable === true}`,
    ...leaseLines(await around.get(leases, { namespace: 'kube-node-lease', name }), name),
    ...conditionLines(status),
    'Addresses:',
    ...(status.addresses ?? []).map(({ type, address }) => `  ${type}:\t${address}`),
    ...amountLines('Capacity', status.capacity),
    ...amountLines('Allocatable', status.allocatable),
    ...systemLines(status),
    ...onlyIf(!!podCIDR, `PodCIDR:\t${podCIDR}`),
    ...onlyIf(podCIDRs.length > 0, `PodCIDRs:\t${podCIDRs.join(',')}`),
    ...onlyIf(!!providerID, `ProviderID:\t${providerID}`),
    ...nodeLoadLines(node, await around.list(pods, { fieldSelector }), around.nowMs),
    ...(await nodeEventLines(node, around)),
  ]
}

const rolePrefix = 'node-role.kubernetes.io/'
const roleLabel = 'kubernetes.io/role'

function rolesOf({ metadata }: Node): readonly string[] {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
    return key === roleLabel ? [value] : []
  })
  return [...new Set(roles.filter((role) => role !== ''))].toSorted()
}

function taintTexts({ spec }: Node): readonly string[] {
  return (spec?.taints ?? [])
    .toSorted((a, b) => compareText(`${a.effect},${a.key}`, `${b.effect},${b.key}`))
    .map(({ key, value = '', effect }) => `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`)
}

function leaseLines(lease: Lease | undefined, name: string): Lines {
  if (lease === undefined) return [`Lease:\tFailed to get lease: leases.coordination.k8s.io ${JSON.stringify(name)} not found`]
  const { holderIdentity, acquireTime, renewTime } = lease.spec ?? {}
  return [
    'Lease:',
    `  HolderIdentity:\t${holderIdentity ?? '<unset>'}`,
    `  AcquireTime:\t${acquireTime === undefined ? '<unset>' : longTime(acquireTime)}`,
    `  RenewTime:\t${renewTime === undefined ? '<unset>' : longTime(renewTime)}`,
  ]
}

function conditionLines({ conditions = [] }: NodeStatus): Lines {
  if (conditions.length === 0) return []
  return [
    'Conditions:',
    '  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage',
    '  ----\t------\t-----------------\t------------------\t------\t-------',
    ...conditions.map(
      ({ type, status, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' }) =>
        `  ${type} \t${status} \t${longTime(lastHeartbeatTime)} \t${longTime(lastTransitionTime)} \t${reason} \t${message}`,
    ),
  ]
}

function amountLines(title: string, amounts: Readonly<Record<string, string>> = {}): Lines {
  const entries = Object.entries(amounts).toSorted(byKey)
  return entries.length === 0 ? [] : [`${title}:`, ...entries.map(([name, quantity]) => `  ${name}:\t${quantity}`)]
}

function systemLines({ nodeInfo }: NodeStatus): Lines {
  return [
    'System Info:',
    `  Machine ID:\t${nodeInfo?.machineID ?? ''}`,
    `  System UUID:\t${nodeInfo?.systemUUID ?? ''}`,
    `  Boot ID:\t${nodeInfo?.bootID ?? ''}`,
    `  Kernel Version:\t${nodeInfo?.kernelVersion ?? ''}`,
    `  OS Image:\t${nodeInfo?.osImage ?? ''}`,
    `  Operating System:\t${nodeInfo?.operatingSystem ?? ''}`,
    `  Architecture:\t${nodeInfo?.architecture ?? ''}`,
    `  Container Runtime Version:\t${nodeInfo?.containerRuntimeVersion ?? ''}`,
    `  Kubelet Version:\t${nodeInfo?.kubeletVersion ?? ''}`,
  ]
}

/** Controllers name a node by its UID in events, kubelets by its name. */
async function nodeEventLines(node: Node, around: Surroundings): Promise<Lines> {
  if (!around.showsEvents) return []
  const [byUid, byName] = await Promise.all([eventsOf(node, around), eventsOf(node, around, node.metadata.name ?? '')])
  return eventTable([...byUid, ...byName], around.nowMs)
}
