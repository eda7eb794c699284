/** An object with all that its kind fills in by itself. */
import type { Kind } from './kind.ts'
import type { KubeObject } from './object.ts'
import { withDefaults } from './schema/default.ts'

/** The schema's defaults, then those that depend on other fields. */
export function defaulted(kind: Kind, object: KubeObject): KubeObject {
  const filled = withDefaults(kind.schema, object)
  return kind.defaults === undefined ? filled : kind.defaults(filled)
}
