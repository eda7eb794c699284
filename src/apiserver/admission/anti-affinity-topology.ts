/** A pod may keep others off its own node, but not off a whole zone. */
import { Pod } from '#kinds/core/pod/pod.kind'
import { definePlugin, refusal } from './plugin.ts'

const onlyKey = 'kubernetes.io/hostname'

export const antiAffinityTopology = definePlugin<Pod>({
  name: 'LimitPodHardAntiAffinityTopology',
  kinds: [Pod],
  operations: ['CREATE', 'UPDATE'],
  validate(admission) {
    const terms = admission.object.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const wider = terms.find(({ topologyKey }) => topologyKey !== onlyKey)
    if (wider === undefined) return
    throw refusal(
      admission,
      `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${wider.topologyKey} but only key ${onlyKey} is allowed`,
    )
  },
})
