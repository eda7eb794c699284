/** Lets a pod stay for five minutes on a node that is not ready or unreachable, unless it says otherwise. */
import { Pod } from '#kinds/core/pod/pod.kind'
import type { Toleration } from '#kinds/core/types.gen'
import { definePlugin } from './plugin.ts'

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const tolerationSeconds = 300

export const defaultTolerationSeconds = definePlugin<Pod>({
  name: 'DefaultTolerationSeconds',
  kinds: [Pod],
  operations: ['CREATE', 'UPDATE'],
  mutate: ({ object: pod }) => withTolerations(pod, missingTolerations(pod)),
})

function missingTolerations({ spec }: Pod): readonly Toleration[] {
  const tolerations = spec?.tolerations ?? []
  const missing = taints.filter((taint) => !tolerations.some((toleration) => speaksOf(toleration, taint)))
  return missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }))
}

function speaksOf({ key = '', effect = '' }: Toleration, taint: string): boolean {
  return (key === taint || key === '') && (effect === 'NoExecute' || effect === '')
}

function withTolerations(pod: Pod, added: readonly Toleration[]): Pod {
  if (added.length === 0 || pod.spec === undefined) return pod
  return { ...pod, spec: { ...pod.spec, tolerations: [...(pod.spec.tolerations ?? []), ...added] } }
}
