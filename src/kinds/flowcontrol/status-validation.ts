/** The conditions of flow schemas and priority levels each have a type of their own. */
import { duplicate, type FieldErrors, FieldPath, required } from '#meta/field-path'

const at = FieldPath.of('status', 'conditions')

export function* validateConditions(conditions: readonly { readonly type?: string }[] = []): FieldErrors {
  const types = new Set<string>()
  for (const [index, { type = '' }] of conditions.entries()) {
    if (types.has(type)) yield duplicate(at.index(index).field('type'), type)
    types.add(type)
    if (type === '') yield required(at.index(index).field('type'))
  }
}
