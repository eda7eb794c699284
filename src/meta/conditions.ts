/** The `conditions` of a status: at most one for each type. */

type AnyCondition = { readonly type: string; readonly status: string; readonly lastTransitionTime?: string | undefined }

export function conditionOf<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type)
}

export function isConditionTrue(conditions: readonly AnyCondition[] | undefined, type: string): boolean {
  return conditionOf(conditions, type)?.status === 'True'
}

/** A copy with `next` in place; the time of transition stays where the status stays. Order is kept. */
export function withCondition<C extends AnyCondition>(conditions: readonly C[] | undefined, next: C): readonly C[] {
  const old = conditionOf(conditions, next.type)
  if (old === undefined) return [...(conditions ?? []), next]
  const kept = old.status === next.status ? { ...next, lastTransitionTime: old.lastTransitionTime } : next
  return (conditions ?? []).map((condition) => (condition.type === next.type ? kept : condition))
}

export function withoutCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): readonly C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type)
}
