/**
 * Pods go where their volumes are. Claims that wait for their first pod get a volume that is there, or a new one, on the node
 * that is chosen; until that is written, the volume is held for the pod.
 */
import { matchingVolume } from '#domain/volume-match'
import type { PersistentVolume } from '#kinds/core/types.gen'
import type { Cluster } from '../framework/cluster.ts'
import { on, onNode } from '../framework/cluster-event.ts'
import type { FilterPlugin, ReservePlugin } from '../framework/plugin.ts'
import { pass, unresolvable } from '../framework/verdict.ts'
import { claimsOf, type DelayedClaim, type VolumeSources } from './volume-claims.ts'
import { isProvisionable, isReachable } from './volume-match.ts'

/** What has to be written before the pod can go to its node. */
export type VolumePlan = {
  readonly nodeName: string
  readonly matches: readonly { readonly claim: DelayedClaim['claim']; readonly volume: PersistentVolume }[]
  readonly toProvision: readonly DelayedClaim['claim'][]
}

/** Writes a plan and resolves when all its claims are bound. */
export type BindVolumes = (plan: VolumePlan, signal: AbortSignal) => Promise<void>

const outOfReach = unresolvable("node(s) didn't match PersistentVolume's node affinity")
const noVolume = unresolvable("node(s) didn't find available persistent volumes to bind")
const volumeGone = unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')

export function volumeBinding(sources: VolumeSources, bindVolumes: BindVolumes): FilterPlugin & ReservePlugin {
  const plans = new Map<string, VolumePlan>()
  const freeVolumes = () => {
    const held = new Set([...plans.values()].flatMap(({ matches }) => matches.map(({ volume }) => volume.metadata.name)))
    return sources.volumes().filter(({ metadata }) => !held.has(metadata.name))
  }
  return {
    name: 'VolumeBinding',
    wakesOn: [onNode('node-added'), onNode('node-labels-changed'), on('claim-changed'), on('volume-changed'), on('storage-class-changed')],
    filter(pod, { nodes }) {
      const claims = claimsOf(pod, sources)
      if ('outcome' in claims) return claims
      const { volumeNames, delayed } = claims
      if (volumeNames.length + delayed.length === 0) return undefined
      const volumes = volumeNames.map(sources.volume)
      const free = delayed.length === 0 ? [] : freeVolumes()
      return (slot) => {
        const node = nodes.at(slot)
        if (volumes.includes(undefined)) return volumeGone
        if (!volumes.every((volume) => volume === undefined || isReachable(volume, node))) return outOfReach
        return planFor(node, delayed, free) === undefined ? noVolume : pass
      }
    },
    reserve(pod, slot, { nodes }) {
      const claims = claimsOf(pod, sources)
      if ('outcome' in claims) return claims
      const plan = planFor(nodes.at(slot), claims.delayed, freeVolumes())
      if (plan === undefined) return noVolume
      if (claims.delayed.length > 0) plans.set(pod.uid, plan)
      return pass
    },
    release: ({ uid }) => void plans.delete(uid),
    mustWait: ({ uid }) => plans.has(uid),
    async preBind({ uid }, signal) {
      const plan = plans.get(uid)
      if (plan !== undefined) await bindVolumes(plan, signal)
    },
  }
}

type NodeFacts = ReturnType<Cluster['nodes']['at']>

/** Undefined where one of the claims gets nothing on this node. */
function planFor(node: NodeFacts, delayed: readonly DelayedClaim[], free: readonly PersistentVolume[]): VolumePlan | undefined {
  const matches: { readonly claim: DelayedClaim['claim']; readonly volume: PersistentVolume }[] = []
  const toProvision: DelayedClaim['claim'][] = []
  for (const { claim, storageClass } of delayed) {
    const left = free.filter((volume) => !matches.some((match) => match.volume === volume))
    const volume = matchingVolume(claim, left, (one) => isReachable(one, node))
    if (volume !== undefined) matches.push({ claim, volume })
    else if (isProvisionable({ claim, storageClass }, node)) toProvision.push(claim)
    else return undefined
  }
  return { nodeName: node.name, matches, toProvision }
}
