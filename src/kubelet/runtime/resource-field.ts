/** `resourceFieldRef`: a container's requests and limits as numbers for its environment or a file. */

import type { Container, Pod, ResourceFieldSelector } from '#kinds/core/types.gen'
import { quantityToNumber } from '#meta/quantity'
import { StartError } from '../pods/start-error.ts'

export type QuantityPurpose = {
  /** What the node offers: stands in for a limit that is not set. */
  readonly allocatable: Readonly<Record<string, string>>
}

/** The value in units of the divisor, rounded up, as text. */
export function quantityOf(pod: Pod, ownContainer: Container, field: ResourceFieldSelector, facts: QuantityPurpose): string {
  const container = containerNamed(pod, ownContainer, field.containerName)
  const [side = '', ...rest] = field.resource.split('.')
  const resource = rest.join('.')
  if (side !== 'limits' && side !== 'requests')
    throw new StartError('CreateContainerConfigError', `unsupported container resource : ${field.resource}`)
  const limit = container.resources?.limits?.[resource] ?? facts.allocatable[resource]
  const value = side === 'limits' ? limit : container.resources?.requests?.[resource]
  const divisor = field.divisor === undefined || field.divisor === '0' ? 1 : quantityToNumber(field.divisor)
  return `${Math.ceil(quantityToNumber(value ?? '0') / divisor)}`
}

function containerNamed(pod: Pod, own: Container, name: string | undefined): Container {
  if (name === undefined || name === '' || name === own.name) return own
  const found = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((container) => container.name === name)
  if (found === undefined) throw new StartError('CreateContainerConfigError', `container ${name} not found`)
  return found
}
