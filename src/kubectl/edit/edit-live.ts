/** What `kubectl edit` and its like save: the difference of what the server had and what the user made of it. */
import { mergePatchBetween } from '#meta/patch/merge-patch'
import { strategicPatchBetween } from '#meta/patch/strategic-diff'
import type { Cluster } from '../cluster.ts'
import { patchObject, type WriteQuery } from '../resources/access.ts'
import { builtInSchemaOf } from '../resources/built-in-schemas.ts'
import type { ApiResource } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'

type Change = {
  readonly resource: ApiResource
  readonly before: AnyObject
  readonly after: AnyObject
  readonly subresource?: string | undefined
}

/** Undefined where nothing is different. */
export async function saveDifference(cluster: Cluster, change: Change, query: WriteQuery): Promise<AnyObject | undefined> {
  const { resource, before, after, subresource } = change
  const schema = await builtInSchemaOf(resource)
  const body = schema === undefined ? mergePatchBetween(before, after) : strategicPatchBetween(schema, before, after)
  if (Object.keys(body).length === 0) return undefined
  const target = { resource, namespace: before.metadata.namespace, name: before.metadata.name ?? '' }
  return await patchObject(cluster, target, { type: schema === undefined ? 'merge' : 'strategic', body, subresource }, query)
}
