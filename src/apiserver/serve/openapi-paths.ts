/** The `paths` of an OpenAPI document: what can be done with a kind, as far as clients read it. Pure. */
import { groupVersionPath, type Kind } from '#meta/kind'
import type { JsonObject } from '#meta/schema/go-type'

/** How one version of OpenAPI writes parameters and bodies. */
export type Dialect = 'v2' | 'v3'

export function pathsOf(kinds: readonly Kind[], dialect: Dialect): JsonObject {
  return Object.fromEntries(kinds.flatMap((kind) => kindPaths(kind, dialect)))
}

type PathItem = readonly [path: string, item: JsonObject]

function kindPaths(kind: Kind, dialect: Dialect): readonly PathItem[] {
  const root = groupVersionPath(kind)
  const isNamespaced = kind.scope === 'Namespaced'
  const collection = isNamespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`
  const scopeParameters = isNamespaced ? [pathParameter('namespace', dialect)] : []
  const named = [...scopeParameters, pathParameter('name', dialect)]
  const item = `${collection}/{name}`
  const paths: PathItem[] = [
    [collection, pathItem(kind, ['list', 'create', 'deletecollection'], scopeParameters, dialect)],
    [item, pathItem(kind, ['get', 'update', 'patch', 'delete'], named, dialect)],
    ...kind.subresources.map((sub): PathItem => [`${item}/${sub.name}`, subresourceItem(kind, sub.verbs, named, dialect)]),
  ]
  if (isNamespaced && kind.verbs.includes('list')) paths.push([`${root}/${kind.plural}`, pathItem(kind, ['list'], [], dialect)])
  return paths.filter(([, { parameters: _, ...operations }]) => Object.keys(operations).length > 0)
}

const methods: Readonly<Record<string, string>> = {
  list: 'get',
  create: 'post',
  deletecollection: 'delete',
  get: 'get',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
}
const actions: Readonly<Record<string, string>> = {
  list: 'list',
  create: 'post',
  deletecollection: 'deletecollection',
  get: 'get',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
}

function pathItem(kind: Kind, verbs: readonly string[], parameters: readonly JsonObject[], dialect: Dialect): JsonObject {
  const served = verbs.filter((verb) => kind.verbs.some((one) => one === verb))
  const operations = served.map((verb) => [methods[verb] ?? verb, operation(kind, verb, dialect)])
  return { ...Object.fromEntries(operations), ...(parameters.length === 0 ? {} : { parameters }) }
}

function subresourceItem(kind: Kind, verbs: readonly string[], parameters: readonly JsonObject[], dialect: Dialect): JsonObject {
  const operations = verbs.flatMap((verb) => (methods[verb] === undefined ? [] : [[methods[verb], operation(kind, verb, dialect)]]))
  return { ...Object.fromEntries(operations), parameters }
}

function operation(kind: Kind, verb: string, dialect: Dialect): JsonObject {
  const isWrite = verb === 'create' || verb === 'update' || verb === 'patch'
  const isList = verb === 'list' || verb === 'deletecollection'
  const parameters = [
    ...(isWrite ? writeParameters : isList ? listParameters : verb === 'delete' ? deleteParameters : []).map(([name, type]) =>
      queryParameter(name, type, dialect),
    ),
    ...(isWrite && dialect === 'v2' ? [{ in: 'body', name: 'body', required: true, schema: reference(kind, verb, dialect) }] : []),
  ]
  return {
    operationId: `${verb}${kind.group}${kind.version}${kind.kind}`,
    ...(dialect === 'v2' ? { consumes: mediaTypes(verb), produces: ['application/json', 'application/yaml'] } : {}),
    parameters,
    ...(isWrite && dialect === 'v3'
      ? { requestBody: { content: Object.fromEntries(mediaTypes(verb).map((type) => [type, { schema: reference(kind, verb, dialect) }])) } }
      : {}),
    responses: { 200: response(kind, verb, dialect) },
    'x-kubernetes-action': actions[verb] ?? verb,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  }
}

const writeParameters: readonly (readonly [string, string])[] = [
  ['dryRun', 'string'],
  ['fieldManager', 'string'],
  ['fieldValidation', 'string'],
  ['force', 'boolean'],
]
const deleteParameters: readonly (readonly [string, string])[] = [
  ['dryRun', 'string'],
  ['gracePeriodSeconds', 'integer'],
  ['propagationPolicy', 'string'],
]
const listParameters: readonly (readonly [string, string])[] = [
  ['allowWatchBookmarks', 'boolean'],
  ['continue', 'string'],
  ['fieldSelector', 'string'],
  ['labelSelector', 'string'],
  ['limit', 'integer'],
  ['resourceVersion', 'string'],
  ['resourceVersionMatch', 'string'],
  ['sendInitialEvents', 'boolean'],
  ['timeoutSeconds', 'integer'],
  ['watch', 'boolean'],
]

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

function mediaTypes(verb: string): readonly string[] {
  return verb === 'patch' ? patchTypes : ['*/*']
}

const patchName = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch'
const refPrefix: Readonly<Record<Dialect, string>> = { v2: '#/definitions/', v3: '#/components/schemas/' }

function reference(kind: Kind, verb: string, dialect: Dialect): JsonObject {
  const own = verb === 'list' ? `${kind.schema.name}List` : kind.schema.name
  return { $ref: `${refPrefix[dialect]}${verb === 'patch' ? patchName : own}` }
}

function response(kind: Kind, verb: string, dialect: Dialect): JsonObject {
  const schema = { $ref: `${refPrefix[dialect]}${verb === 'list' ? `${kind.schema.name}List` : kind.schema.name}` }
  return dialect === 'v2' ? { description: 'OK', schema } : { description: 'OK', content: { 'application/json': { schema } } }
}

function queryParameter(name: string, type: string, dialect: Dialect): JsonObject {
  const common = { name, in: 'query' }
  return dialect === 'v2' ? { ...common, type, uniqueItems: true } : { ...common, schema: { type, uniqueItems: true } }
}

function pathParameter(name: string, dialect: Dialect): JsonObject {
  const common = { name, in: 'path', required: true }
  return dialect === 'v2' ? { ...common, type: 'string', uniqueItems: true } : { ...common, schema: { type: 'string', uniqueItems: true } }
}
