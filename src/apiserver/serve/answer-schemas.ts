/** Schemas of what the server answers besides objects of a kind and what clients send. */
import { array, definitionsOf } from '#meta/schema/build'
import type { Schema } from '#meta/schema/schema'
import { APIGroup, APIGroupList, APIResourceList, APIVersions, ListMeta, ObjectMeta, Status } from '#meta/schema.gen'

const define = definitionsOf('io.k8s.apimachinery.pkg.apis.meta.v1')
const always = ['metadata']

function partialSchemas(apiVersion: string): readonly Schema[] {
  const partial = define('PartialObjectMetadata', () => ({ metadata: ObjectMeta }), { apiVersion, always })
  const list = define('PartialObjectMetadataList', () => ({ metadata: ListMeta, items: array(partial) }), { apiVersion, always })
  return [partial, list]
}

export const answerSchemas: readonly Schema[] = [
  Status,
  APIGroup,
  APIGroupList,
  APIResourceList,
  APIVersions,
  ...partialSchemas('meta.k8s.io/v1'),
  ...partialSchemas('meta.k8s.io/v1beta1'),
]
