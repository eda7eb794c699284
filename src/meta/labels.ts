/** Label selectors, as text (`app=web,tier in (a,b),!legacy`) and as objects (`LabelSelector`). */

import { parseRequirements } from './label-selector-parser.ts'
import { isLabelValue, isQualifiedName } from './names.ts'
import type { LabelSelector } from './types.gen.ts'

export type Labels = Readonly<Record<string, string>>

export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

export type LabelRequirement = { readonly key: string; readonly operator: LabelOperator; readonly values: readonly string[] }

/** All requirements have to hold, sorted by key. An empty list matches everything, `nothing` matches nothing. */
export type Selector = readonly LabelRequirement[]

/** The selector of an absent `LabelSelector`: `in` without values never holds. */
export const nothing: Selector = [{ key: '', operator: 'in', values: [] }]

/** A selector that cannot be read; the message is what the client gets. */
export class LabelSelectorError extends Error {
  override readonly name = 'LabelSelectorError'
}

/** Reads a selector from text; throws a LabelSelectorError in upstream's words. */
export function parseSelector(text: string): Selector {
  const requirements = parseRequirements(text, (message) => new LabelSelectorError(message))
  for (const requirement of requirements) checkRequirement(requirement, 'unable to parse requirement: ')
  return sorted(requirements)
}

/** The selector that a `LabelSelector` means: absent matches nothing, empty matches everything. */
export function selectorOf(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return nothing
  const equalities = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] }),
  )
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }): LabelRequirement => {
    const known = expressionOperators[operator]
    if (known === undefined) throw new LabelSelectorError(`"${operator}" is not a valid label selector operator`)
    return { key, operator: known, values: values ?? [] }
  })
  const all = [...equalities, ...expressions]
  for (const requirement of all) checkRequirement(requirement)
  return sorted(all)
}

/** As `selectorOf`, for objects that validation has let pass long ago: what cannot be read matches nothing. */
export function selectorOrNothing(selector: LabelSelector | undefined): Selector {
  try {
    return selectorOf(selector)
  } catch (error) {
    if (error instanceof LabelSelectorError) return nothing
    throw error
  }
}

/** The selector of a plain map, such as a Service's; absent or empty matches everything. */
export function selectorOfMap(labels: Labels | undefined): Selector {
  return sorted(Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })))
}

export function matches(selector: Selector, labels: Labels | undefined): boolean {
  return selector.every((requirement) => holds(requirement, labels ?? {}))
}

/** One line of text that `parseSelector` reads again. */
export function formatSelector(selector: Selector): string {
  return selector.map(formatRequirement).join(',')
}

/** As kubectl prints selectors: `<none>` where everything matches. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const text = formatSelector(selectorOrNothing(selector))
  return selector === undefined || text === '' ? '<none>' : text
}

/** Labels as kubectl prints them: `a=b,c=d`, or `<none>`. */
export function formatLabels(labels: Labels | undefined): string {
  const text = formatSelector(selectorOfMap(labels))
  return text === '' ? '<none>' : text
}

const expressionOperators: Readonly<Record<string, LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value)
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
    case 'lt':
      return value !== undefined && isBeyond(operator, value, values[0] ?? '')
  }
}

function isBeyond(operator: 'gt' | 'lt', value: string, bound: string): boolean {
  if (!isInteger(value) || !isInteger(bound)) return false
  return operator === 'gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound)
}

function isInteger(text: string): boolean {
  return /^-?[0-9]+$/.test(text)
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case '=':
    case '==':
    case '!=':
      return `${key}${operator}${values[0] ?? ''}`
    case 'gt':
      return `${key}>${values[0] ?? ''}`
    case 'lt':
      return `${key}<${values[0] ?? ''}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`
  }
}

/** As upstream's NewRequirement: the key has no field path, which prints as `<nil>`. */
function checkRequirement({ key, operator, values }: LabelRequirement, prefix = ''): void {
  const problems = [
    ...problemsOf('<nil>', key, isQualifiedName(key)),
    ...countProblems(operator, values),
    ...values.flatMap((value, index) => problemsOf(`values[${index}][${key}]`, value, isLabelValue(value))),
  ]
  if (problems.length === 0) return
  throw new LabelSelectorError(prefix + (problems.length === 1 ? problems.join() : `[${problems.join(', ')}]`))
}

function countProblems(operator: LabelOperator, values: readonly string[]): readonly string[] {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length > 0 ? [] : ["values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"]
    case '=':
    case '==':
    case '!=':
      return values.length === 1
        ? []
        : [`values: Invalid value: ${JSON.stringify(values)}: exact-match compatibility requires one single value`]
    case 'exists':
    case '!':
      return values.length === 0
        ? []
        : [`values: Invalid value: ${JSON.stringify(values)}: values set must be empty for exists and does not exist`]
    case 'gt':
    case 'lt':
      if (values.length !== 1)
        return [`values: Invalid value: ${JSON.stringify(values)}: for 'Gt', 'Lt' operators, exactly one value is required`]
      return isInteger(values[0] ?? '')
        ? []
        : [`values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`]
  }
}

function problemsOf(path: string, value: string, messages: readonly string[]): readonly string[] {
  return messages.map((message) => `${path}: Invalid value: ${JSON.stringify(value)}: ${message}`)
}

function sorted(requirements: readonly LabelRequirement[]): Selector {
  return requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
