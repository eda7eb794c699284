/** Whether a pod's tolerations let it onto, or stay on, a tainted node. */
import type { Taint, Toleration } from '#kinds/core/types.gen'

export function isTolerated(taint: Taint, tolerations: readonly Toleration[] | undefined): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false
}

/** The first of the taints with one of `effects` that nothing tolerates. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !isTolerated(taint, tolerations))
}

/** An absent key or effect stands for all of them; an absent operator for Equal. */
function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  if (operator === 'Exists') return true
  return Boolean(key) && (!operator || operator === 'Equal') && (value ?? '') === (taint.value ?? '')
}
