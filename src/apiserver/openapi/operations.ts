/** What can be done at a path, told apart from how a version of OpenAPI writes it down. Pure. */
import type { Kind, Subresource } from '#meta/kind'
import type { Schema } from '#meta/schema/schema'
import { answersOf, type Body, deleteBody, patchBody, type Responses } from './bodies.ts'
import { article, groupWords, idPrefix, tagOf, upper } from './names.ts'
import {
  connectParameters,
  deleteParameters,
  listParameters,
  logParameters,
  type Parameter,
  patchParameters,
  pretty,
  writeParameters,
} from './parameters.ts'

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch'
export type GroupVersionKind = { readonly group: string; readonly version: string; readonly kind: string }

export type Operation = {
  readonly method: Method
  readonly tag: string
  readonly id: string
  readonly description: string
  readonly parameters: readonly Parameter[]
  readonly consumes: readonly string[]
  readonly body?: Body
  readonly responses: Responses
  readonly action?: string
  readonly subject?: GroupVersionKind
}

/** Where a path stands: `scope` is what stands before the kind in the name of an operation, `end` what stands behind it. */
export type Place = { readonly kind: Kind; readonly scope: string; readonly end: string; readonly parameters: readonly Parameter[] }

const anyType = ['*/*']

export function listOperation(place: Place, list: Schema): Operation {
  const { kind } = place
  const isWatched = kind.verbs.includes('watch')
  return operation(place, {
    method: 'get',
    verb: 'list',
    description: `${isWatched ? 'list or watch' : 'list'} objects of kind ${kind.kind}`,
    parameters: listParameters,
    responses: answersOf([200], list, 'stream'),
    action: 'list',
  })
}

export function watchOperation(place: Place, event: Schema, isList: boolean): Operation {
  const { kind } = place.kind
  const instead = "deprecated: use the 'watch' parameter with a list operation instead"
  return operation(place, {
    method: 'get',
    verb: 'watch',
    description: isList
      ? `watch individual changes to a list of ${kind}. ${instead}.`
      : `watch changes to an object of kind ${kind}. ${instead}, filtered to a single item with the 'fieldSelector' parameter.`,
    parameters: listParameters,
    responses: answersOf([200], event, 'stream'),
    action: isList ? 'watchlist' : 'watch',
  })
}

export function createOperation(place: Place): Operation {
  const { kind } = place
  return operation(place, {
    method: 'post',
    verb: 'create',
    description: `create${article(kind.kind)}${kind.kind}`,
    parameters: writeParameters,
    body: { schema: kind.schema, isRequired: true },
    responses: answersOf([200, 201, 202], kind.schema, 'object'),
    action: 'post',
  })
}

export function deleteCollectionOperation(place: Place, status: Schema): Operation {
  return operation(
    { ...place, scope: `Collection${place.scope}` },
    {
      method: 'delete',
      verb: 'delete',
      description: `delete collection of ${place.kind.kind}`,
      parameters: [...deleteParameters, ...listParameters.filter(({ name }) => name !== 'allowWatchBookmarks' && name !== 'watch')],
      body: deleteBody,
      responses: answersOf([200], status, 'object'),
      action: 'deletecollection',
    },
  )
}

export function deleteOperation(place: Place, status: Schema): Operation {
  const { kind } = place
  return operation(place, {
    method: 'delete',
    verb: 'delete',
    description: `delete${article(kind.kind)}${kind.kind}`,
    parameters: deleteParameters,
    body: deleteBody,
    responses: answersOf([200, 202], kind.returnsDeleted ? kind.schema : status, 'object'),
    action: 'delete',
  })
}

/** Get, update or patch of an object, or of the part of it that `sub` names. */
export function objectOperation(place: Place, verb: 'get' | 'update' | 'patch', schema: Schema, sub?: Subresource): Operation {
  const { kind } = place
  const what = `${sub === undefined ? '' : `${sub.name} of `}the specified ${kind.kind}`
  const subject = sub && subjectOf(kind, sub)
  switch (verb) {
    case 'get':
      return operation(place, {
        method: 'get',
        verb: 'read',
        description: `read ${what}`,
        action: 'get',
        subject,
        parameters: [],
        responses: answersOf([200], schema, 'object'),
      })
    case 'update':
      return operation(place, {
        method: 'put',
        verb: 'replace',
        description: `replace ${what}`,
        action: 'put',
        subject,
        parameters: writeParameters,
        body: { schema, isRequired: true },
        responses: answersOf([200, 201], schema, 'object'),
      })
    case 'patch':
      return operation(place, {
        method: 'patch',
        verb: 'patch',
        description: `partially update ${what}`,
        action: 'patch',
        subject,
        parameters: patchParameters,
        body: patchBody,
        consumes: patchTypes,
        responses: answersOf([200, 201], schema, 'object'),
      })
  }
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
]

/** A subresource that takes an object of a kind of its own: a binding, an eviction, a request for a token. */
export function createPartOperation(place: Place, schema: Schema, sub: Subresource): Operation {
  const { kind } = place
  return operation(place, {
    method: 'post',
    verb: 'create',
    description: `create ${sub.name} of${article(kind.kind)}${kind.kind}`,
    parameters: writeParameters,
    body: { schema, isRequired: true },
    responses: answersOf([200, 201, 202], schema, 'object'),
    action: 'post',
    subject: subjectOf(kind, sub),
  })
}

export function logOperation(place: Place): Operation {
  return operation(place, {
    method: 'get',
    verb: 'read',
    description: `read log of the specified ${place.kind.kind}`,
    parameters: logParameters,
    responses: answersOf([200], 'text', 'log'),
    action: 'get',
  })
}

/** Connections are not answered in objects, and their options stand in the query. */
export function connectOperation(place: Place, method: Method, sub: Subresource): Operation {
  const { kind } = place
  const made = operation(place, {
    method,
    verb: 'connect',
    description: `connect ${method.toUpperCase()} requests to ${sub.name} of ${kind.kind}`,
    parameters: connectParameters(sub.kind),
    responses: answersOf([200], 'text', 'any'),
    action: 'connect',
    subject: subjectOf(kind, sub),
  })
  const parameters = made.parameters.filter((parameter) => parameter !== pretty)
  return { ...made, parameters, id: `connect${idPrefix(kind)}${upper(method)}${place.scope}${kind.kind}${place.end}` }
}

export function subjectOf(kind: Kind, sub: Subresource): GroupVersionKind {
  return { group: sub.group ?? (sub.version === undefined ? kind.group : ''), version: sub.version ?? kind.version, kind: sub.kind }
}

type Facts = {
  readonly method: Method
  readonly verb: string
  readonly description: string
  readonly parameters: readonly Parameter[]
  readonly consumes?: readonly string[]
  readonly body?: Body
  readonly responses: Responses
  readonly action: string
  readonly subject?: GroupVersionKind | undefined
}

function operation({ kind, scope, end, parameters }: Place, { verb, subject, consumes = anyType, ...facts }: Facts): Operation {
  return {
    ...facts,
    tag: tagOf(kind),
    id: `${verb}${idPrefix(kind)}${scope}${kind.kind}${end}`,
    parameters: [...facts.parameters, ...parameters, pretty],
    consumes,
    subject: subject ?? { group: kind.group, version: kind.version, kind: kind.kind },
  }
}

/** A document of discovery, or another one that is no object of a kind. */
export function documentOperation(facts: {
  readonly tag: string
  readonly id: string
  readonly description: string
  readonly types: readonly string[]
  readonly schema: Schema | 'text'
}): Operation {
  const { tag, id, description, types, schema } = facts
  // What is no object is asked for without a form.
  const consumes = schema === 'text' ? [] : types
  return { method: 'get', tag, id, description, parameters: [], consumes, responses: [{ code: 200, schema, types }] }
}

export function groupTag(group: string): string {
  const words = groupWords(group)
  return words.charAt(0).toLowerCase() + words.slice(1)
}
