/** `--overrides`: changes of an object before it is made, as a patch in JSON or YAML. */

import { parseYaml } from '#base/encoding/yaml'
import { choiceFlag, stringFlag } from '#component/flags'
import { applyJsonPatch, parseJsonPatch } from '#meta/patch/json-patch'
import { applyMergePatch } from '#meta/patch/merge-patch'
import { applyStrategicPatch } from '#meta/patch/strategic-apply'
import { CommandError } from '../errors.ts'
import { builtInSchemaOf } from '../resources/built-in-schemas.ts'
import type { ApiResource } from '../resources/resource-catalog.ts'
import { type AnyObject, fieldsOf } from '../resources/unstructured.ts'

export const overrideFlags = {
  overrides: stringFlag('', 'Changes of the object before it is made, as a patch in JSON.'),
  'override-type': choiceFlag(['json', 'merge', 'strategic'] as const, 'merge', 'The kind of patch: json, merge or strategic.'),
}

export type Overrides = { readonly overrides: string; readonly 'override-type': 'json' | 'merge' | 'strategic' }

/** Throws a CommandError where the patch cannot be read or does not fit. */
export async function withOverrides(resource: ApiResource, object: AnyObject, flags: Overrides): Promise<AnyObject> {
  if (flags.overrides === '') return object
  try {
    const patch = parseYaml(flags.overrides)
    switch (flags['override-type']) {
      case 'json':
        return applyJsonPatch(object, parseJsonPatch(patch)) as AnyObject
      case 'merge':
        if (typeof patch !== 'object') throw new CommandError('Invalid JSON Patch')
        return applyMergePatch(object, patch) as AnyObject
      case 'strategic': {
        const schema = await builtInSchemaOf(resource)
        return (schema === undefined ? applyMergePatch(object, patch) : applyStrategicPatch(schema, object, fieldsOf(patch))) as AnyObject
      }
    }
  } catch (error) {
    throw error instanceof CommandError
      ? error
      : new CommandError(`Invalid JSON Patch: ${error instanceof Error ? error.message : String(error)}`)
  }
}
