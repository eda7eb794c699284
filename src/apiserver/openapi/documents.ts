/** The OpenAPI documents: one of version 2 for all, one of version 3 for each path that discovery knows. Pure. */
import type { Kind } from '#meta/kind'
import { array } from '#meta/schema/build'
import type { JsonObject } from '#meta/schema/go-type'
import { type Describe, type GroupVersion, openApiV2Definitions, openApiV3Schemas } from '#meta/schema/openapi'
import type { Schema } from '#meta/schema/schema'
import { APIGroup, APIGroupList, APIResourceList, APIVersions, Info, ListMeta } from '#meta/schema.gen'
import type { ApiGroup, ApiVersion } from '../discovery/api-groups.ts'
import { groupVersionOf } from '../discovery/discovery.ts'
import { objectTypes } from './bodies.ts'
import { patchName, writtenPaths } from './dialects.ts'
import { groupWords, idPrefix, tagOf } from './names.ts'
import { documentOperation, groupTag, type Operation } from './operations.ts'
import { type KindSchemas, kindPaths, type PathOperations } from './paths.ts'

export type DocumentDeps = { readonly describe: Describe; readonly schemaOf: KindSchemas['schemaOf'] }

const info = { title: 'Kubernetes', version: '1.36' }
const bearer = { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' }
const patch = { [patchName]: { type: 'object' } }
const plainTypes = objectTypes.filter((type) => type !== 'application/cbor')

/** What one document tells of. */
export type Part = {
  readonly paths: readonly PathOperations[]
  readonly roots: readonly Schema[]
  /** The versions of the groups whose objects are in it. */
  readonly versions: readonly ApiVersion[]
}

/** By the name under which `/openapi/v3` lists it. */
export function documentParts(groups: readonly ApiGroup[], deps: DocumentDeps): ReadonlyMap<string, () => Part> {
  const parts = new Map<string, () => Part>(fixedParts)
  for (const { name, versions } of groups) {
    if (name !== '') parts.set(`apis/${name}`, () => groupPart(name))
    for (const version of versions) {
      parts.set(name === '' ? `api/${version.version}` : `apis/${groupVersionOf(version)}`, () => versionPart(version, deps))
    }
  }
  return new Map([...parts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

export function documentV3({ paths, roots, versions }: Part, { describe }: DocumentDeps): JsonObject {
  const isEmpty = roots.length === 0
  const schemas = { ...openApiV3Schemas(roots, describe, versions), ...(usesPatch(paths) ? patch : {}) }
  return {
    openapi: '3.0.0',
    info,
    paths: writtenPaths(paths, 'v3'),
    components: { ...(isEmpty ? {} : { schemas }), securitySchemes: { BearerToken: bearer } },
  }
}

export function documentV2(parts: Iterable<Part>, { describe }: DocumentDeps): JsonObject {
  const all = [...parts]
  const versions = [...all.flatMap((part) => part.versions), ...retiredVersions].toSorted(byName)
  return {
    swagger: '2.0',
    info,
    paths: writtenPaths(
      all.flatMap(({ paths }) => paths),
      'v2',
    ),
    definitions: { ...openApiV2Definitions(new Set(all.flatMap(({ roots }) => roots)), describe, versions), ...patch },
    securityDefinitions: { BearerToken: bearer },
    security: [{ BearerToken: [] }],
  }
}

/** Versions that upstream knows and no longer serves: options and watch events are said to belong to them too. */
const retired: Readonly<Record<string, readonly string[]>> = {
  'admission.k8s.io': ['v1', 'v1beta1'],
  'apiextensions.k8s.io': ['v1beta1'],
  'apiregistration.k8s.io': ['v1beta1'],
  apps: ['v1beta1', 'v1beta2'],
  'authentication.k8s.io': ['v1alpha1', 'v1beta1'],
  'authorization.k8s.io': ['v1beta1'],
  batch: ['v1beta1'],
  'discovery.k8s.io': ['v1beta1'],
  'events.k8s.io': ['v1beta1'],
  extensions: ['v1beta1'],
  'flowcontrol.apiserver.k8s.io': ['v1beta1', 'v1beta2', 'v1beta3'],
  'imagepolicy.k8s.io': ['v1alpha1'],
  'node.k8s.io': ['v1alpha1', 'v1beta1'],
  policy: ['v1beta1'],
  'rbac.authorization.k8s.io': ['v1alpha1', 'v1beta1'],
  'scheduling.k8s.io': ['v1beta1'],
  'storage.k8s.io': ['v1alpha1'],
}
const retiredVersions = Object.entries(retired).flatMap(([group, versions]) => versions.map((version) => ({ group, version })))

function byName(a: GroupVersion, b: GroupVersion): number {
  const [left, right] = [`${a.group} ${a.version}`, `${b.group} ${b.version}`]
  return left < right ? -1 : left > right ? 1 : 0
}

function usesPatch(paths: readonly PathOperations[]): boolean {
  return paths.some(([, operations]) => operations.some(({ body }) => body?.schema === 'patch'))
}

function part(path: string, operation: Operation, ...roots: readonly Schema[]): Part {
  return { paths: [[path, [operation]]], roots, versions: [] }
}

function groupPart(group: string): Part {
  const operation = documentOperation({
    tag: groupTag(group),
    id: `get${groupWords(group)}APIGroup`,
    description: 'get information of a group',
    types: plainTypes,
    schema: APIGroup,
  })
  return part(`/apis/${group}/`, operation, APIGroup)
}

const fixedParts: readonly (readonly [string, () => Part])[] = [
  [
    'api',
    () =>
      part(
        '/api/',
        documentOperation({
          tag: 'core',
          id: 'getCoreAPIVersions',
          description: 'get available API versions',
          types: plainTypes,
          schema: APIVersions,
        }),
        APIVersions,
      ),
  ],
  [
    'apis',
    () =>
      part(
        '/apis/',
        documentOperation({
          tag: 'apis',
          id: 'getAPIVersions',
          description: 'get available API versions',
          types: plainTypes,
          schema: APIGroupList,
        }),
        APIGroupList,
      ),
  ],
  [
    'version',
    () =>
      part(
        '/version/',
        documentOperation({
          tag: 'version',
          id: 'getCodeVersion',
          description: 'get the version information for this server',
          types: ['application/json'],
          schema: Info,
        }),
        Info,
      ),
  ],
  [
    '.well-known/openid-configuration',
    () => openIdPart('/.well-known/openid-configuration/', 'WellKnown', 'OpenIDConfiguration', 'application/json'),
  ],
  ['openid/v1/jwks', () => openIdPart('/openid/v1/jwks/', 'openid', 'OpenIDKeyset', 'application/jwk-set+json')],
]

function openIdPart(path: string, tag: string, name: string, type: string): Part {
  const description = `get service account issuer ${name}`
  return part(path, documentOperation({ tag, id: `getServiceAccountIssuer${name}`, description, types: [type], schema: 'text' }))
}

function versionPart(version: ApiVersion, { schemaOf }: DocumentDeps): Part {
  const { kinds, group } = version
  const lists = new Map<Kind, Schema>()
  const listOf = (kind: Kind) => {
    const list = lists.get(kind) ?? listSchemaOf(kind)
    lists.set(kind, list)
    return list
  }
  const discovery = documentOperation({
    tag: tagOf(version),
    id: `get${idPrefix(version)}APIResources`,
    description: 'get available resources',
    types: objectTypes,
    schema: APIResourceList,
  })
  const path = group === '' ? `/api/${version.version}/` : `/apis/${groupVersionOf(version)}/`
  const paths: readonly PathOperations[] = [[path, [discovery]], ...kinds.flatMap((kind) => kindPaths(kind, { listOf, schemaOf }))]
  return { paths, roots: [...schemasIn(paths)], versions: [version] }
}

/** All that the operations carry. */
function schemasIn(paths: readonly PathOperations[]): ReadonlySet<Schema> {
  const operations = paths.flatMap(([, all]) => all)
  const found = operations.flatMap(({ body, responses }) => [body?.schema, ...responses.map(({ schema }) => schema)])
  return new Set(found.filter((schema) => typeof schema === 'object'))
}

function listSchemaOf({ schema, apiVersion, listKind }: Kind): Schema {
  const { apiVersion: version, kind, metadata: _ } = schema.properties ?? {}
  const name = schema.name ?? ''
  return {
    type: 'object',
    name: `${name.slice(0, name.lastIndexOf('.'))}.${listKind}`,
    apiVersion,
    required: ['items'],
    always: ['metadata'],
    properties: {
      ...(version === undefined ? {} : { apiVersion: version }),
      items: array(schema),
      ...(kind === undefined ? {} : { kind }),
      metadata: ListMeta,
    },
  }
}
