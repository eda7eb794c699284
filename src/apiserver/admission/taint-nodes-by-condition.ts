/** A new node takes no pods before its first report says that it is ready. */
import { Node } from '#kinds/core/node.kind'
import { definePlugin } from './plugin.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

export const taintNodesByCondition = definePlugin<Node>({
  name: 'TaintNodesByCondition',
  kinds: [Node],
  operations: ['CREATE'],
  mutate: ({ object: node }) => {
    const taints = node.spec?.taints ?? []
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return node
    return { ...node, spec: { ...node.spec, taints: [...taints, notReady] } }
  },
})
