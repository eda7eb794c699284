/** A namespace with its quotas and limits. */
import type { LimitRange, Namespace, ResourceQuota } from '#kinds/core/types.gen'
import { collection } from './collections.ts'
import { labelAndAnnotationLines } from './identity.ts'
import { limitSection, quotaSection } from './limits.ts'
import { type Lines, longTime } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

const quotas = collection<ResourceQuota>('resourcequotas')
const limitRanges = collection<LimitRange>('limitranges')

export async function describeNamespace(namespace: Namespace, around: Surroundings): Promise<Lines> {
  const place = { namespace: namespace.metadata.name ?? '' }
  return [
    `Name:\t${place.namespace}`,
    ...labelAndAnnotationLines(namespace),
    `Status:\t${namespace.status?.phase ?? ''}`,
    ...conditionLines(namespace),
    ...quotaSection(await around.list(quotas, place)),
    ...limitSection(await around.list(limitRanges, place)),
  ]
}

function conditionLines({ status }: Namespace): Lines {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return []
  return [
    'Conditions:',
    '  Type\tStatus\tLastTransitionTime\tReason\tMessage',
    '  ----\t------\t------------------\t------\t-------',
    ...conditions.map(
      ({ type, status: state, lastTransitionTime, reason = '', message = '' }) =>
        `  ${type} \t${state} \t${longTime(lastTransitionTime)} \t${reason} \t${message}`,
    ),
  ]
}
