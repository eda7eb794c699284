/** Applies a patch to an object in hand, as the server would: by the schema where the kind is built in. */
import { applyJsonPatch, parseJsonPatch } from '#meta/patch/json-patch'
import { applyMergePatch, parseStrategicPatch } from '#meta/patch/merge-patch'
import { applyStrategicPatch } from '#meta/patch/strategic-apply'
import { builtInSchemaOf } from './built-in-schemas.ts'
import type { ApiResource } from './resource-catalog.ts'
import type { AnyObject } from './unstructured.ts'

type LocalPatch = { readonly type: 'json' | 'merge' | 'strategic' | 'apply'; readonly body: unknown }

export async function patchedLocally(resource: ApiResource, object: AnyObject, { type, body }: LocalPatch): Promise<AnyObject> {
  if (type === 'json') return applyJsonPatch(object, parseJsonPatch(body)) as AnyObject
  const schema = type === 'strategic' ? await builtInSchemaOf(resource) : undefined
  const patched = schema === undefined ? applyMergePatch(object, body) : applyStrategicPatch(schema, object, parseStrategicPatch(body))
  return patched as AnyObject
}
