/** A priority class. */
import type { PriorityClass } from '#kinds/scheduling/types.gen'
import { formatLabels } from '#meta/labels'
import type { Lines } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describePriorityClass(priority: PriorityClass, around: Surroundings): Promise<Lines> {
  const { metadata, value, globalDefault, preemptionPolicy, description = '' } = priority
  return [
    `Name:\t${metadata.name ?? ''}`,
    `Value:\t${value}`,
    `GlobalDefault:\t${globalDefault === true}`,
    `PreemptionPolicy:\t${preemptionPolicy ?? ''}`,
    `Description:\t${description}`,
    ...`Annotations:\t${formatLabels(metadata.annotations)}`.split('\n'),
    ...(await around.events(priority)),
  ]
}
