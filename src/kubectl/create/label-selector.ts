/** A selector of the command line as the fields of a LabelSelector. */
import type { LabelRequirement, Selector } from '#meta/labels'
import { CommandError } from '../errors.ts'
import type { Fields } from '../resources/unstructured.ts'

export function labelSelectorOf(selector: Selector): Fields {
  const labels = selector.filter(({ operator }) => operator === '=' || operator === '==')
  const expressions = selector.filter((one) => !labels.includes(one)).map(expressionOf)
  return {
    ...(labels.length === 0 ? {} : { matchLabels: Object.fromEntries(labels.map(({ key, values }) => [key, values[0] ?? ''])) }),
    ...(expressions.length === 0 ? {} : { matchExpressions: expressions }),
  }
}

function expressionOf({ key, operator, values }: LabelRequirement): Fields {
  switch (operator) {
    case 'in':
      return { key, operator: 'In', values }
    case 'notin':
    case '!=':
      return { key, operator: 'NotIn', values }
    case 'exists':
      return { key, operator: 'Exists' }
    case '!':
      return { key, operator: 'DoesNotExist' }
    default:
      throw new CommandError(`${JSON.stringify(operator)} is not a valid label selector operator`)
  }
}
