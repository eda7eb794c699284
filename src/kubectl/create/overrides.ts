/** `--overrides`: changes of an object before it is made, as a patch in JSON or YAML. */

import { parseYaml } from '#base/encoding/yaml'
import { choiceFlag, stringFlag } from '#component/flags'
import { CommandError } from '../errors.ts'
import { patchedLocally } from '../resources/local-patch.ts'
import type { ApiResource } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'

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
    if (typeof patch !== 'object') throw new CommandError('Invalid JSON Patch')
    return await patchedLocally(resource, object, { type: flags['override-type'], body: patch })
  } catch (error) {
    throw error instanceof CommandError
      ? error
      : new CommandError(`Invalid JSON Patch: ${error instanceof Error ? error.message : String(error)}`)
  }
}
