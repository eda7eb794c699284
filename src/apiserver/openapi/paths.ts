/** Which paths a kind is served at, and what can be done there. Pure. */
import { groupVersionPath, type Kind, type Subresource } from '#meta/kind'
import type { Schema } from '#meta/schema/schema'
import { Status, WatchEvent } from '#meta/schema.gen'
import { upper } from './names.ts'
import {
  connectOperation,
  createOperation,
  createPartOperation,
  deleteCollectionOperation,
  deleteOperation,
  listOperation,
  logOperation,
  type Method,
  type Operation,
  objectOperation,
  type Place,
  subjectOf,
  watchOperation,
} from './operations.ts'
import { nameParameter, namespaceParameter, type Parameter, pathParameter } from './parameters.ts'

export type PathOperations = readonly [path: string, operations: readonly Operation[]]

export type KindSchemas = {
  readonly listOf: (kind: Kind) => Schema
  /** What a subresource takes and answers, by apiVersion and kind; undefined for what has no object. */
  readonly schemaOf: (apiVersion: string, kind: string) => Schema | undefined
}

export function kindPaths(kind: Kind, schemas: KindSchemas): readonly PathOperations[] {
  const root = groupVersionPath(kind)
  const isNamespaced = kind.scope === 'Namespaced'
  const within = isNamespaced ? '/namespaces/{namespace}' : ''
  const outer: readonly Parameter[] = isNamespaced ? [namespaceParameter] : []
  const scope = isNamespaced ? 'Namespaced' : ''
  const collection: Place = { kind, scope, end: '', parameters: outer }
  const item: Place = { ...collection, parameters: [nameParameter(kind.kind), ...outer] }
  const path = `${within}/${kind.plural}`
  return [
    ...(isNamespaced ? allNamespacesPaths(kind, root, schemas) : []),
    [`${root}${path}`, collectionOperations(collection, schemas)],
    [`${root}${path}/{name}`, itemOperations(item)],
    ...kind.subresources.flatMap((sub) => subresourcePaths(`${root}${path}/{name}/${sub.name}`, collection, sub, schemas)),
    ...watchPaths(`${root}/watch${path}`, collection, item),
  ].filter((entry): entry is PathOperations => (entry[1]?.length ?? 0) > 0)
}

function allNamespacesPaths(kind: Kind, root: string, { listOf }: KindSchemas): readonly PathOperations[] {
  const place: Place = { kind, scope: '', end: 'ForAllNamespaces', parameters: [] }
  return [
    [`${root}/${kind.plural}`, served(kind, 'list') ? [listOperation(place, listOf(kind))] : []],
    [
      `${root}/watch/${kind.plural}`,
      served(kind, 'watch') ? [watchOperation({ ...place, end: 'ListForAllNamespaces' }, WatchEvent, true)] : [],
    ],
  ]
}

function collectionOperations(place: Place, { listOf }: KindSchemas): readonly Operation[] {
  const { kind } = place
  return [
    ...(served(kind, 'list') ? [listOperation(place, listOf(kind))] : []),
    ...(served(kind, 'create') ? [createOperation(place)] : []),
    ...(served(kind, 'deletecollection') ? [deleteCollectionOperation(place, Status)] : []),
  ]
}

function itemOperations(place: Place): readonly Operation[] {
  const { kind } = place
  return [
    ...(served(kind, 'get') ? [objectOperation(place, 'get', kind.schema)] : []),
    ...(served(kind, 'update') ? [objectOperation(place, 'update', kind.schema)] : []),
    ...(served(kind, 'delete') ? [deleteOperation(place, Status)] : []),
    ...(served(kind, 'patch') ? [objectOperation(place, 'patch', kind.schema)] : []),
  ]
}

function watchPaths(path: string, collection: Place, item: Place): readonly PathOperations[] {
  if (!served(collection.kind, 'watch')) return []
  return [
    [path, [watchOperation({ ...collection, end: 'List' }, WatchEvent, true)]],
    [`${path}/{name}`, [watchOperation(item, WatchEvent, false)]],
  ]
}

function served({ verbs }: Kind, verb: Kind['verbs'][number]): boolean {
  return verbs.includes(verb)
}

function subresourcePaths(
  path: string,
  { kind, scope, parameters }: Place,
  sub: Subresource,
  schemas: KindSchemas,
): readonly PathOperations[] {
  const end = upper(sub.name)
  const { group, version, kind: subject } = subjectOf(kind, sub)
  const schema = subject === kind.kind ? kind.schema : schemas.schemaOf(group === '' ? version : `${group}/${version}`, subject)
  // As upstream: what is posted has the name of what is posted.
  const isConnection = schema === undefined
  const named = isConnection || sub.verbs.includes('create') ? subject : kind.kind
  const place: Place = { kind, scope, end, parameters: [nameParameter(named), ...parameters] }
  if (isConnection) return connectPaths(path, place, sub)
  if (sub.name === 'log') return [[path, [logOperation(place)]]]
  return [
    [
      path,
      [
        ...(sub.verbs.includes('get') ? [objectOperation(place, 'get', schema, sub)] : []),
        ...(sub.verbs.includes('update') ? [objectOperation(place, 'update', schema, sub)] : []),
        ...(sub.verbs.includes('create') ? [createPartOperation(place, schema, sub)] : []),
        ...(sub.verbs.includes('patch') ? [objectOperation(place, 'patch', schema, sub)] : []),
      ],
    ],
  ]
}

const streamMethods: readonly Method[] = ['get', 'post']
const proxyMethods: readonly Method[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']

/** Proxies take every method, and a path behind them. */
function connectPaths(path: string, place: Place, sub: Subresource): readonly PathOperations[] {
  const isProxy = sub.verbs.includes('update')
  const methods = isProxy ? proxyMethods : streamMethods
  const operations = methods.map((method) => connectOperation(place, method, sub))
  if (!isProxy) return [[path, operations]]
  const below: Place = { ...place, end: `${place.end}WithPath`, parameters: [...place.parameters, pathParameter] }
  return [
    [path, operations],
    [`${path}/{path}`, methods.map((method) => connectOperation(below, method, sub))],
  ]
}
