/** Schemas of what the server answers besides objects of a kind and what clients send. */
import { array, definitionsOf, string } from '#meta/schema/build'
import type { Schema } from '#meta/schema/schema'
import { APIGroup, APIGroupList, APIResourceList, APIVersions, ListMeta, ObjectMeta, Status } from '#meta/schema.gen'

const define = definitionsOf('io.k8s.apimachinery.pkg.apis.meta.v1')
const always = ['metadata']

function partialSchemas(apiVersion: string): readonly Schema[] {
  const partial = define('PartialObjectMetadata', () => ({ metadata: ObjectMeta }), { apiVersion, always })
  const list = define('PartialObjectMetadataList', () => ({ metadata: ListMeta, items: array(partial) }), { apiVersion, always })
  return [partial, list]
}

const discovery = definitionsOf('io.k8s.api.apidiscovery.v2')
const GroupVersionKind = define('GroupVersionKind', () => ({ group: string, version: string, kind: string }))
const subresource = discovery('APISubresourceDiscovery', () => ({
  subresource: string,
  responseKind: GroupVersionKind,
  acceptedTypes: array(GroupVersionKind),
  verbs: array(string),
}))
const resource = discovery('APIResourceDiscovery', () => ({
  resource: string,
  responseKind: GroupVersionKind,
  scope: string,
  singularResource: string,
  verbs: array(string),
  shortNames: array(string),
  categories: array(string),
  subresources: array(subresource),
}))
const version = discovery('APIVersionDiscovery', () => ({ version: string, resources: array(resource), freshness: string }))
const group = discovery('APIGroupDiscovery', () => ({ metadata: ObjectMeta, versions: array(version) }), { always })
/** What the aggregated form of discovery answers. */
export const APIGroupDiscoveryList: Schema = discovery('APIGroupDiscoveryList', () => ({ metadata: ListMeta, items: array(group) }), {
  apiVersion: 'apidiscovery.k8s.io/v2',
  always,
})

export const answerSchemas: readonly Schema[] = [
  Status,
  APIGroup,
  APIGroupList,
  APIResourceList,
  APIVersions,
  ...partialSchemas('meta.k8s.io/v1'),
  ...partialSchemas('meta.k8s.io/v1beta1'),
]
