/** GET of a collection: pages of stored bytes, from the cache wherever it holds the state that was asked for. */
import type { Kind } from '#meta/kind'
import { expired, StatusError } from '#meta/status'
import type { Store } from '#store/store'
import { isStoreError, StoreError } from '#store/store-error'
import { CacheEntry, type ObjectEntry } from '../cache/cache-entry.ts'
import type { KindView } from '../cache/kind-view.ts'
import { type ObjectFilter, readFacts, wanted } from '../cache/object-filter.ts'
import { UnreadableObject, unreadableList } from '../cache/unreadable-object.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { decodeContinue, encodeContinue } from '../request/continue-token.ts'
import { type ListOptions, listOptionsOf, revisionOf } from '../request/list-options.ts'
import { listBody } from './list-body.ts'
import { filterOf } from './object-filter.ts'
import { reached, tooLargeRevision } from './reached.ts'
import type { Registry } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'

/** Some objects of a collection as it was at one revision. */
export type Page = {
  readonly entries: readonly ObjectEntry[]
  readonly revision: number
  readonly continueToken?: string
  readonly remaining?: number
}

export async function listObjects(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const options = listOptionsOf(exchange.request.query, false)
  try {
    const page = await readPage(registry, exchange, kind, options)
    // Made now, while the answer can still be another one.
    for (const entry of page.entries) entry.check()
    return { status: 200, body: listBody(kind, page) }
  } catch (error) {
    if (!(error instanceof UnreadableObject)) throw error
    const view = registry.viewOf(kind)
    throw unreadableList(kind, [...view.cache.range(view.prefixOf(namespaceOf(kind, exchange.info)))])
  }
}

export async function readPage(registry: Registry, exchange: Exchange, kind: Kind, options: ListOptions): Promise<Page> {
  const view = registry.viewOf(kind)
  const { feed, store } = view.storage
  const filter = filterOf(view, namespaceOf(kind, exchange.info), options)
  const prefix = view.prefixOf(namespaceOf(kind, exchange.info))
  const start = startOf(options, prefix)
  await readFacts(view, filter)
  if (start.exactly === undefined) {
    await (start.atLeast === undefined ? feed.freshness(exchange.signal) : reached(feed, registry.clock, start.atLeast))
    return cachedPage(view, filter, { ...start, prefix, limit: limitOf(options) })
  }
  if (start.exactly > feed.revision) await reached(feed, registry.clock, start.exactly)
  // The cache holds that state too if nothing has changed since; but what is compacted is told apart, as upstream.
  const isCached = view.cache.lastChange <= start.exactly && (await isKept(store, start.exactly, exchange.signal))
  const request = { ...start, prefix, limit: limitOf(options), revision: start.exactly }
  return isCached ? cachedPage(view, filter, request) : await storedPage(view, filter, request)
}

/** Whether the store still has the revision's state: reads an empty range of it. */
async function isKept(store: Store, revision: number, signal: AbortSignal): Promise<boolean> {
  try {
    await store.range({ from: '/', to: '/', atRevision: revision, limit: 1 }, signal)
    return true
  } catch (error) {
    if (isStoreError(error, 'Compacted')) return false
    throw error
  }
}

/** Which state is asked for. */
type Start = { readonly exactly?: number; readonly atLeast?: number; readonly afterKey?: string }

function startOf({ continueToken, resourceVersion, match, limit }: ListOptions, prefix: string): Start {
  const revision = resourceVersion === '' ? undefined : revisionOf(resourceVersion)
  if (continueToken !== '') {
    const token = decodeContinue(continueToken, prefix)
    if (revision !== undefined && revision !== 0)
      throw new StatusError(400, 'BadRequest', 'specifying resource version is not allowed when using continue')
    return token.revision < 0 ? { afterKey: token.afterKey } : { exactly: token.revision, afterKey: token.afterKey }
  }
  if (revision === undefined) return {}
  if (match === 'Exact') return { exactly: revision }
  // As upstream: without a match rule, a page of a revision is a page of exactly that revision.
  if (match === '' && limit > 0 && revision > 0) return { exactly: revision }
  return { atLeast: revision }
}

/** As upstream: revision 0 asks for whatever the cache has, all of it. */
function limitOf({ limit, resourceVersion, match }: ListOptions): number {
  if (resourceVersion === '0' && match === '') return 0
  return Math.max(limit, 0)
}

/** `prefix` is what all keys of the list start with, whatever its selectors narrow it to. */
type PageRequest = { readonly prefix: string; readonly limit: number; readonly afterKey?: string; readonly revision?: number }

function cachedPage(view: KindView, filter: ObjectFilter, request: PageRequest): Page {
  const revision = request.revision ?? view.storage.feed.revision
  const entries: ObjectEntry[] = []
  let lastKey = ''
  for (const entry of wanted(view, filter, request.afterKey)) {
    if (request.limit > 0 && entries.length === request.limit)
      return pageWithMore(view, filter, { entries, revision, lastKey, prefix: request.prefix })
    entries.push(entry)
    lastKey = entry.key
  }
  return { entries, revision }
}

type Cut = { readonly entries: readonly ObjectEntry[]; readonly revision: number; readonly lastKey: string; readonly prefix: string }

/** As upstream: how many are left is told only where no selector has to be asked. */
function pageWithMore(view: KindView, filter: ObjectFilter, { entries, revision, lastKey, prefix }: Cut): Page {
  const continueToken = encodeContinue({ revision, afterKey: lastKey }, prefix)
  if (filter.matches !== undefined) return { entries, revision, continueToken }
  return { entries, revision, continueToken, remaining: view.cache.countAfter(filter.keyPrefix, lastKey) }
}

/** A page of the past, read from the store. */
async function storedPage(view: KindView, filter: ObjectFilter, request: PageRequest & { readonly revision: number }): Promise<Page> {
  const { prefix, revision, limit } = request
  const entries: ObjectEntry[] = []
  let { afterKey } = request
  for (;;) {
    const part = await storeRange(view, {
      prefix: filter.keyPrefix,
      listPrefix: prefix,
      atRevision: revision,
      afterKey,
      limit: limit > 0 ? limit : storeRangeMax,
    })
    for (const { key, modRevision, value } of part.entries) {
      const served = view.served(new CacheEntry(key, modRevision, value, view.storage))
      if (filter.key !== undefined && filter.key !== key) continue
      if (filter.matches !== undefined && !filter.matches(served)) continue
      entries.push(served)
      afterKey = key
      if (limit > 0 && entries.length === limit)
        return storedCut(filter, { entries, revision, lastKey: key, prefix }, part.remaining + after(part.entries, key))
    }
    const last = part.entries.at(-1)
    if (part.remaining === 0 || last === undefined) return { entries, revision }
    afterKey = last.key
  }
}

/** How many entries the store hands over at once. */
const storeRangeMax = 1000

function after(entries: readonly { readonly key: string }[], key: string): number {
  return entries.length - 1 - entries.findIndex((entry) => entry.key === key)
}

function storedCut(filter: ObjectFilter, { entries, revision, lastKey, prefix }: Cut, remaining: number): Page {
  if (remaining === 0) return { entries, revision }
  const continueToken = encodeContinue({ revision, afterKey: lastKey }, prefix)
  return filter.matches === undefined ? { entries, revision, continueToken, remaining } : { entries, revision, continueToken }
}

type StoreRange = {
  readonly prefix: string
  readonly listPrefix: string
  readonly atRevision: number
  readonly afterKey: string | undefined
  readonly limit: number
}

async function storeRange(view: KindView, { afterKey, listPrefix, ...request }: StoreRange) {
  const { store, feed } = view.storage
  try {
    return await store.range({ ...request, ...(afterKey === undefined ? {} : { afterKey }) })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.reason === 'FutureRevision') throw tooLargeRevision(request.atRevision, feed.revision)
    if (error.reason !== 'Compacted') throw error
    if (afterKey === undefined) throw expired('The resourceVersion for the provided list is too old.')
    throw new ExpiredPage(encodeContinue({ revision: -1, afterKey }, listPrefix))
  }
}

/** The revision of a continue token is compacted; the status carries a token to go on with inconsistently. */
class ExpiredPage extends StatusError {
  readonly continueToken: string

  constructor(continueToken: string) {
    super(410, 'Expired', inconsistentMessage)
    this.continueToken = continueToken
  }
}

/** Word for word what clients of upstream see. */
const inconsistentMessage =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
