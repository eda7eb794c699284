/** The condition that tells whether a version of an API can be used. Pure. */
import { timestampOf } from '#meta/timestamp'
import type { APIServiceCondition } from './types.gen.ts'

export const availableConditionType = 'Available'

export type Availability = { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string }

export const localAvailability: Availability = {
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
}

/** The time stays where the status stays. */
export function availableCondition(
  { status, reason, message }: Availability,
  found: APIServiceCondition | undefined,
  nowMs: number,
): APIServiceCondition {
  const kept = found?.status === status ? found.lastTransitionTime : undefined
  return { type: availableConditionType, status, lastTransitionTime: kept ?? timestampOf(nowMs), reason, message }
}
