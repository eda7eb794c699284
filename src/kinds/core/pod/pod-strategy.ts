/** What the server decides at each way of writing a pod (upstream: pkg/registry/core/pod/strategy.go). */
import type { DeleteOptions, RequestFacts } from '#meta/kind'
import { withMeta } from '#meta/object'
import { timestampOf } from '#meta/timestamp'
import type { Pod, PodCondition } from '../types.gen.ts'
import { withAppArmorFields } from './app-armor.ts'
import { withoutDisabledFields } from './disabled-fields.ts'
import { withMatchedLabels } from './match-label-keys.ts'
import { qosClassOf } from './qos-class.ts'

/** Status is dropped: a new pod is Pending, and gated where it says so. */
export function preparePodCreate(pod: Pod, facts: RequestFacts): Pod {
  const isGated = (pod.spec.schedulingGates ?? []).length > 0
  const conditions = isGated ? { conditions: [gatedCondition(facts.nowMs)] } : {}
  return {
    ...pod,
    spec: withoutDisabledFields(withMatchedLabels({ ...pod, spec: withAppArmorFields(pod) })),
    status: { phase: 'Pending', ...conditions, qosClass: qosClassOf(pod) },
  }
}

export function preparePodUpdate(next: Pod, old: Pod): Pod {
  return { ...next, status: old.status }
}

/** Only status changes; owner references stay, since old kubelets spoil them. */
export function preparePodStatusUpdate(next: Pod, old: Pod): Pod {
  const kept = withMeta(next, { deletionTimestamp: old.metadata.deletionTimestamp, ownerReferences: old.metadata.ownerReferences })
  return { ...kept, spec: old.spec, status: { ...next.status, qosClass: next.status.qosClass ?? old.status.qosClass } }
}

/** Zero for what no kubelet has to stop: a pod without a node, or one that has ended. */
export function podGraceSeconds(pod: Pod, options: DeleteOptions): number {
  const { phase } = pod.status
  if ((pod.spec.nodeName ?? '') === '' || phase === 'Failed' || phase === 'Succeeded') return 0
  const seconds = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0
  return seconds < 0 ? 1 : seconds
}

function gatedCondition(nowMs: number): PodCondition {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastTransitionTime: timestampOf(nowMs),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
}
