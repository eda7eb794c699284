/** The index of pods by the node on which they are. */
import { Pod } from '#kinds/core/pod/pod.kind'
import { indexOn } from '#reconcile/controller'

export const byNodeName = 'node-name'
export const podsByNode = indexOn(Pod, byNodeName, (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []))
