/** How many pods may be missing at once. */
import type { PodDisruptionBudget } from '#kinds/policy/types.gen'
import { formatLabelSelector } from '#meta/labels'
import { nameLines } from './identity.ts'
import { type Lines, onlyIf } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeBudget(budget: PodDisruptionBudget, around: Surroundings): Promise<Lines> {
  const { minAvailable, maxUnavailable, selector } = budget.spec ?? {}
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {}
  return [
    ...nameLines(budget),
    ...onlyIf(minAvailable !== undefined, `Min available:\t${minAvailable}`),
    ...onlyIf(minAvailable === undefined && maxUnavailable !== undefined, `Max unavailable:\t${maxUnavailable}`),
    `Selector:\t${selector === undefined ? '<unset>' : formatLabelSelector(selector)}`,
    'Status:',
    `    Allowed disruptions:\t${disruptionsAllowed}`,
    `    Current:\t${currentHealthy}`,
    `    Desired:\t${desiredHealthy}`,
    `    Total:\t${expectedPods}`,
    ...(await around.events(budget)),
  ]
}
