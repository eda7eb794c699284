/** Finds the kind and the verb that a resource request means, and lets the registry or a subresource's handler answer. */
import type { Clock } from '#base/env/clock'
import type { Kind, Verb } from '#meta/kind'
import type { Describe } from '#meta/schema/openapi'
import { notAcceptable, StatusError } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { createObject } from '../registry/create.ts'
import { deleteObject } from '../registry/delete.ts'
import { deleteCollection } from '../registry/delete-collection.ts'
import { getObject } from '../registry/get.ts'
import { listObjects } from '../registry/list.ts'
import { patchObject } from '../registry/patch.ts'
import type { Registry } from '../registry/registry.ts'
import { scaleHandler } from '../registry/scale.ts'
import { updateObject } from '../registry/update.ts'
import { watchObjects } from '../registry/watch.ts'
import { pageNotFound } from '../request/error-answer.ts'
import { type Asked, negotiateShape, servedTypes } from '../request/negotiate.ts'
import { refuseUnsafeNames } from '../request/path-names.ts'
import type { NoteDeprecation } from './deprecations.ts'
import { present } from './present.ts'

/** Answers a request for one kind. */
export type ResourceHandler = (registry: Registry, exchange: Exchange, kind: Kind) => Answer | Promise<Answer>

/** By `PLURAL.GROUP` for kinds that are answered and not stored, by `PLURAL.GROUP/SUBRESOURCE` for subresources; the core group has no suffix. */
export type ResourceHandlers = Readonly<Record<string, ResourceHandler>>

export type ResourceDispatchDeps = {
  readonly registry: Registry
  readonly clock: Clock
  readonly describe: Describe
  readonly handlers: ResourceHandlers
  readonly noteDeprecation: NoteDeprecation
}

export function resourceDispatcher({
  registry,
  clock,
  describe,
  handlers,
  noteDeprecation,
}: ResourceDispatchDeps): (exchange: Exchange) => Promise<Answer> {
  return async (exchange) => {
    const { info } = exchange
    const kind = registry.kinds.find(info.group, info.version, info.resource)
    if (kind === undefined) return unknownResource(registry, exchange)
    const target = targetOf(kind, exchange, handlers)
    noteDeprecation(kind, exchange)
    if (!kind.isVirtual) refuseUnsafeNames(info, kind)
    if (target.isRaw) return await target.handler(registry, exchange, kind)
    const form = negotiateShape(exchange.request, askedOf(kind, exchange))
    if (form.shape === 'Table' && kind.isVirtual && kind.columns.length === 0 && info.subresource === '') throw noTable()
    return present(
      await target.handler(registry, exchange, kind),
      form,
      exchange,
      target.shownKind && { kind: target.shownKind, clock, describe },
    )
  }
}

/** As upstream: what can be watched may be asked for as a stream wherever it can be listed. */
function askedOf(kind: Kind, { info }: Exchange): Asked {
  const isWatch = info.verb === 'watch'
  return { isWatch, hasStream: isWatch || (info.verb === 'list' && kind.verbs.includes('watch')) }
}

/** What is answered and not stored has no rows. */
function noTable(): StatusError {
  return notAcceptable(`only the following media types are accepted: ${servedTypes}`)
}

type Target = { readonly handler: ResourceHandler; readonly shownKind: Kind | undefined; readonly isRaw?: boolean }

function targetOf(kind: Kind, exchange: Exchange, handlers: ResourceHandlers): Target {
  const { info, request } = exchange
  checkScope(kind, exchange)
  const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  if (info.subresource !== '') return subresourceTarget(kind, exchange, handlers[`${resource}/${info.subresource}`])
  if (request.method === 'HEAD' || !kind.verbs.some((verb) => verb === info.verb) || !fitsPath(exchange)) throw methodNotAllowed()
  const special = handlers[resource]
  if (special !== undefined) return { handler: special, shownKind: kind.columns.length === 0 ? undefined : kind }
  return { handler: handlerOf(info.verb as Verb), shownKind: kind }
}

function handlerOf(verb: Verb): ResourceHandler {
  switch (verb) {
    case 'get':
      return getObject
    case 'list':
      return listObjects
    case 'watch':
      return watchObjects
    case 'create':
      return createObject
    case 'update':
      return updateObject
    case 'patch':
      return patchObject
    case 'delete':
      return deleteObject
    case 'deletecollection':
      return deleteCollection
  }
}

function subresourceTarget(kind: Kind, { info, request }: Exchange, special: ResourceHandler | undefined): Target {
  const listed = kind.subresources.find(({ name }) => name === info.subresource)
  if (listed === undefined || info.name === '') throw notServed()
  const isProxy = connecting.has(info.subresource)
  if (!isProxy && (request.method === 'HEAD' || !listed.verbs.includes(info.verb))) throw methodNotAllowed()
  if (special !== undefined) return { handler: special, shownKind: undefined, isRaw: isProxy }
  if (info.subresource === 'scale') return { handler: scaleHandler, shownKind: undefined }
  switch (info.verb) {
    case 'get':
      return { handler: getObject, shownKind: kind }
    case 'update':
      return { handler: updateObject, shownKind: kind }
    case 'patch':
      return { handler: patchObject, shownKind: kind }
    default:
      throw methodNotAllowed()
  }
}

/** These answer in bytes of their own: nothing to negotiate. */
const connecting: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/** POST goes to collections, the others but lists to names. */
function fitsPath({ info, request }: Exchange): boolean {
  const hasName = info.name !== '' && request.path.split('/').includes(info.name)
  switch (info.verb) {
    case 'create':
      return !hasName
    case 'update':
    case 'patch':
    case 'get':
    case 'delete':
      return info.name !== ''
    default:
      return true
  }
}

/** A kind is served with a namespace in the path if and only if it has one; lists may go over all. */
function checkScope(kind: Kind, { info }: Exchange): void {
  const isNamespaceItself = kind.group === '' && kind.plural === 'namespaces'
  if (kind.scope === 'Cluster' && info.namespace !== '' && !isNamespaceItself) throw notServed()
  if (kind.scope !== 'Namespaced' || info.namespace !== '') return
  if (info.verb === 'list' || info.verb === 'watch') return
  if (info.verb === 'create' || info.verb === 'deletecollection' || info.name === '') throw methodNotAllowed()
  throw notServed()
}

function unknownResource(registry: Registry, { info }: Exchange): Answer {
  const hasGroup = registry.kinds.all().some(({ group }) => group === info.group)
  if (!hasGroup) return pageNotFound()
  throw notServed()
}

export function notServed(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}
