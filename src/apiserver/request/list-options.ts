/** The query of a list, watch or deletecollection, read and checked as upstream does. */
import { type FieldError, FieldPath, forbiddenField, notSupported } from '#meta/field-path'
import { type FieldSelector, FieldSelectorError, parseFieldSelector } from '#meta/fields'
import { LabelSelectorError, parseSelector, type Selector } from '#meta/labels'
import { badRequest, invalidObject } from '#meta/status'
import { isTrue } from './parse-request-info.ts'

export type ListOptions = {
  readonly labels: Selector
  readonly fields: FieldSelector
  /** 0 is no limit. */
  readonly limit: number
  readonly continueToken: string
  /** '' if the client named none. */
  readonly resourceVersion: string
  readonly match: '' | 'Exact' | 'NotOlderThan'
  readonly allowsBookmarks: boolean
  readonly sendsInitialEvents: boolean | undefined
  readonly timeoutSeconds: number | undefined
}

const noOptions: ListOptions = {
  labels: [],
  fields: [],
  limit: 0,
  continueToken: '',
  resourceVersion: '',
  match: '',
  allowsBookmarks: false,
  sendsInitialEvents: undefined,
  timeoutSeconds: undefined,
}

/** Throws 400 for what cannot be read and 422 for what does not go together. */
export function listOptionsOf(query: URLSearchParams, isWatch: boolean): ListOptions {
  if (query.size === 0) return noOptions
  const initial = query.get('sendInitialEvents')
  const options = {
    labels: labelsOf(query.get('labelSelector')),
    fields: fieldsOf(query.get('fieldSelector')),
    limit: integerOf(query, 'limit') ?? 0,
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    match: query.get('resourceVersionMatch') ?? '',
    allowsBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendsInitialEvents: initial === null ? undefined : isTrue(initial),
    timeoutSeconds: integerOf(query, 'timeoutSeconds'),
  }
  const errors = [...(isWatch ? watchErrors(options) : listErrors(options))]
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
  return { ...options, match: options.match === 'Exact' || options.match === 'NotOlderThan' ? options.match : '' }
}

/** A number of the query; throws 400 in upstream's words for anything else. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[-+]?[0-9]+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** Reads a resourceVersion that is to be one; throws 400. */
export function revisionOf(resourceVersion: string): number {
  if (/^[0-9]+$/.test(resourceVersion)) return Number(resourceVersion)
  const shown = JSON.stringify(resourceVersion)
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`,
  )
}

type RawOptions = Omit<ListOptions, 'match'> & { readonly match: string }

const matchPath = FieldPath.of('resourceVersionMatch')

function* listErrors({ resourceVersion, match, continueToken, sendsInitialEvents }: RawOptions): Generator<FieldError> {
  if (match !== '') {
    if (resourceVersion === '') yield forbiddenField(matchPath, 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (continueToken !== '') yield forbiddenField(matchPath, 'resourceVersionMatch is forbidden when continue is provided')
    if (match !== 'Exact' && match !== 'NotOlderThan') yield notSupported(matchPath, match, ['Exact', 'NotOlderThan', ''])
    if (match === 'Exact' && resourceVersion === '0') {
      yield forbiddenField(matchPath, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    }
  }
  if (sendsInitialEvents !== undefined) yield forbiddenField(FieldPath.of('sendInitialEvents'), 'sendInitialEvents is forbidden for list')
}

function* watchErrors({ match, sendsInitialEvents }: RawOptions): Generator<FieldError> {
  if (match === '' && sendsInitialEvents === undefined) return
  if (sendsInitialEvents === undefined) {
    yield forbiddenField(matchPath, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
  }
  if (sendsInitialEvents !== undefined && match !== 'NotOlderThan') {
    yield forbiddenField(matchPath, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  }
  if (match !== '' && match !== 'NotOlderThan') yield notSupported(matchPath, match, ['NotOlderThan'])
}

function labelsOf(text: string | null): Selector {
  if (text === null || text === '') return []
  try {
    return parseSelector(text)
  } catch (error) {
    if (error instanceof LabelSelectorError) throw badRequest(error.message, error)
    throw error
  }
}

function fieldsOf(text: string | null): FieldSelector {
  if (text === null || text === '') return []
  try {
    return parseFieldSelector(text)
  } catch (error) {
    if (error instanceof FieldSelectorError) throw badRequest(error.message, error)
    throw error
  }
}
