/** Ranges of service addresses, and single addresses in use. */
import type { IPAddress, ServiceCIDR } from '#kinds/networking/types.gen'
import { labelAndAnnotationLines } from './identity.ts'
import { indented, type Lines, longTime } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeServiceCidr(range: ServiceCIDR, around: Surroundings): Promise<Lines> {
  const conditions = range.status?.conditions ?? []
  return [
    `Name:\t${range.metadata.name ?? ''}`,
    ...labelAndAnnotationLines(range),
    `CIDRs:\t${(range.spec?.cidrs ?? []).join(', ')}`,
    ...(conditions.length === 0
      ? []
      : [
          'Status:',
          'Conditions:',
          ...indented([
            'Type\tStatus\tLastTransitionTime\tReason\tMessage',
            '----\t------\t------------------\t------\t-------',
            ...conditions.map(
              ({ type, status, lastTransitionTime, reason = '', message = '' }) =>
                `${type}\t${status}\t${longTime(lastTransitionTime)}\t${reason}\t${message}`,
            ),
          ]),
        ]),
    ...(await around.events(range)),
  ]
}

export async function describeIpAddress(address: IPAddress, around: Surroundings): Promise<Lines> {
  const { group = '', resource, namespace = '', name } = address.spec?.parentRef ?? {}
  return [
    `Name:\t${address.metadata.name ?? ''}`,
    ...labelAndAnnotationLines(address),
    'Parent Reference:',
    `  Group:\t${group}`,
    `  Resource:\t${resource ?? ''}`,
    `  Namespace:\t${namespace}`,
    `  Name:\t${name ?? ''}`,
    ...(await around.events(address)),
  ]
}
