/** A pod on a node changes its size only as that node says that it can follow. */
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { isSameValue } from '#kinds/same-value'
import { definePlugin, refusal } from './plugin.ts'

const podLevelResize = 'InPlacePodLevelResourcesVerticalScaling'

export const nodeDeclaredFeatures = definePlugin<Pod>({
  name: 'NodeDeclaredFeatureValidator',
  kinds: [Pod],
  operations: ['UPDATE'],
  subresources: ['resize'],
  validate(admission, { state }) {
    const { object: pod, old } = admission
    const { nodeName } = pod.spec
    if (old === undefined || !nodeName || isSameValue(pod.spec, old.spec)) return
    const node = state.get(Node, undefined, nodeName)
    if (node === undefined) throw refusal(admission, `node ${JSON.stringify(nodeName)} not found`)
    if (!isSameValue(pod.spec.resources, old.spec.resources) && !(node.status.declaredFeatures ?? []).includes(podLevelResize))
      throw refusal(admission, `pod update requires features ${podLevelResize} which are not available on node ${JSON.stringify(nodeName)}`)
  },
})
