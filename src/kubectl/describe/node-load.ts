/** What the pods of a node ask for, one by one and together, beside what the node has. */
import type { Node, Pod } from '#kinds/core/types.gen'
import { canonicalQuantity, quantityMilliValue } from '#meta/quantity'
import { ageOf } from '#meta/table'
import { indented, type Lines } from './lines.ts'
import { podQuantities, type Quantities, sum } from './pod-resources.ts'

const alwaysShown: readonly string[] = ['cpu', 'memory', 'ephemeral-storage']

export function nodeLoadLines({ status }: Node, pods: readonly Pod[], nowMs: number): Lines {
  const allocatable = status?.allocatable ?? status?.capacity ?? {}
  const requests = pods.map((pod) => podQuantities(pod, 'requests')).reduce(sum, {})
  const limits = pods.map((pod) => podQuantities(pod, 'limits')).reduce(sum, {})
  const others = Object.keys(allocatable)
    .filter((name) => name !== 'pods' && !alwaysShown.includes(name))
    .toSorted()
  const hugePages = others.filter(isHugePages)
  const extended = others.filter((name) => !isHugePages(name) && name.includes('/'))
  return [
    `Non-terminated Pods:\t(${pods.length} in total)`,
    ...indented([
      'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge',
      '---------\t----\t\t------------\t----------\t---------------\t-------------\t---',
      ...pods.map((pod) => podRow(pod, allocatable, nowMs)),
    ]),
    'Allocated resources:',
    '  (Total limits may be over 100 percent, i.e., overcommitted.)',
    ...indented([
      'Resource\tRequests\tLimits',
      '--------\t--------\t------',
      ...[...alwaysShown, ...hugePages].map(
        (name) => `${name}\t${shareText(requests, allocatable, name)}\t${shareText(limits, allocatable, name)}`,
      ),
      ...extended.map((name) => `${name}\t${quantityOf(requests, name)}\t${quantityOf(limits, name)}`),
    ]),
  ]
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-')
}

function podRow(pod: Pod, allocatable: Quantities, nowMs: number): string {
  const [requests, limits] = [podQuantities(pod, 'requests'), podQuantities(pod, 'limits')]
  const shares = ['cpu', 'memory'].flatMap((name) => [shareText(requests, allocatable, name), shareText(limits, allocatable, name)])
  const { namespace = '', name = '', creationTimestamp } = pod.metadata
  return `${namespace}\t${name}\t\t${shares.join('\t')}\t${ageOf(creationTimestamp, nowMs)}`
}

/** `250m (12%)`. */
function shareText(amounts: Quantities, allocatable: Quantities, name: string): string {
  const quantity = quantityOf(amounts, name)
  const whole = quantityMilliValue(allocatable[name] ?? '0')
  const percent = whole === 0n ? 0n : (quantityMilliValue(quantity) * 100n) / whole
  return `${quantity} (${percent}%)`
}

function quantityOf(amounts: Quantities, name: string): string {
  return canonicalQuantity(amounts[name] ?? '0')
}
