/** The annotations in which version 1 keeps what it has no fields for. No other version shows them. */
import type { Labels } from '#meta/labels'

const prefix = 'autoscaling.alpha.kubernetes.io'

export const roundTripKeys = {
  metrics: `${prefix}/metrics`,
  currentMetrics: `${prefix}/current-metrics`,
  conditions: `${prefix}/conditions`,
  behavior: `${prefix}/behavior`,
} as const

const keys: ReadonlySet<string> = new Set(Object.values(roundTripKeys))

export function withoutRoundTrip(annotations: Labels | undefined): Labels | undefined {
  if (annotations === undefined) return undefined
  const rest = Object.entries(annotations).filter(([key]) => !keys.has(key))
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}
