/** The conditions of an autoscaler. Pure. */
import type { HorizontalPodAutoscalerCondition } from '#kinds/autoscaling/types.gen'
import { withCondition } from '#meta/conditions'

export type Condition = { readonly status: string; readonly reason: string; readonly message: string }
/** Those that are not named stay as they are. */
export type Conditions = Readonly<Partial<Record<'AbleToScale' | 'ScalingActive' | 'ScalingLimited', Condition>>>

export function withConditions(
  before: readonly HorizontalPodAutoscalerCondition[] | undefined,
  next: Conditions,
  now: string,
): readonly HorizontalPodAutoscalerCondition[] {
  return Object.entries(next).reduce<readonly HorizontalPodAutoscalerCondition[]>(
    (conditions, [type, condition]) => withCondition(conditions, { type, lastTransitionTime: now, ...condition }),
    before ?? [],
  )
}
