/** The heads of a table: what each column shows, in the words of the API field that it is taken from. */
import type { Kind } from '#meta/kind'
import type { Describe } from '#meta/schema/openapi'
import type { Schema } from '#meta/schema/schema'

const known = new WeakMap<Kind, readonly unknown[]>()

/** Made once for each kind: texts come from one place for the whole life of a process. */
export function columnDefinitionsOf(kind: Kind, describe: Describe): readonly unknown[] {
  let definitions = known.get(kind)
  if (definitions === undefined) {
    const named = kind.columns.filter(({ isWithoutHead }) => isWithoutHead !== true)
    definitions = named.map(({ name, type, format = '', description = '', describedBy, describedIn = kind.schema, priority = 0 }) => {
      const text = describedBy === undefined ? description : (fieldText(describedIn, describedBy.split('.'), describe) ?? description)
      return { name, type, format, description: text, priority }
    })
    known.set(kind, definitions)
  }
  return definitions
}

/** The text of the field at the end of `path`; lists on the way are passed through. */
function fieldText(schema: Schema, path: readonly string[], describe: Describe): string | undefined {
  const owner = schema.type === 'array' && schema.items !== undefined ? schema.items : schema
  const [field = '', ...rest] = path
  if (rest.length === 0) return owner.name === undefined ? undefined : describe(owner.name, field)
  const next = owner.properties?.[field]
  return next === undefined ? undefined : fieldText(next, rest, describe)
}
