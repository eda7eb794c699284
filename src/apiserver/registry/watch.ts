/** GET with `watch=true`. */
import type { Kind } from '#meta/kind'
import { expired, StatusError } from '#meta/status'
import { readFacts } from '../cache/object-filter.ts'
import { bookmarkFrame, errorFrame } from '../cache/watch-frame.ts'
import { nothing, stateOf, Watcher } from '../cache/watcher.ts'
import type { Answer, Exchange, SharedFrame, WatchBody } from '../exchange.ts'
import { type ListOptions, listOptionsOf } from '../request/list-options.ts'
import { filterOf } from './object-filter.ts'
import { exactRevision, reached } from './reached.ts'
import type { Registry } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'

/** As upstream's --min-request-timeout: a watch without a timeout lives between once and twice so long. */
const watchMsMin = 1800_000

export async function watchObjects(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const options = listOptionsOf(exchange.request.query, true)
  const view = registry.viewOf(kind)
  const { feed } = view.storage
  const namespace = namespaceOf(kind, exchange.info)
  // The deprecated /watch/.../NAME form names its object in the path.
  const fields =
    exchange.info.name === ''
      ? options.fields
      : [...options.fields, { field: 'metadata.name', operator: '=', value: exchange.info.name } as const]
  const filter = filterOf(view, namespace, { labels: options.labels, fields })
  const revision = options.resourceVersion === '' ? undefined : exactRevision(options.resourceVersion)
  const timeoutMs = options.timeoutSeconds === undefined ? watchMsMin * (1 + registry.random.float()) : options.timeoutSeconds * 1000
  const common = { filter, wantsBookmarks: options.allowsBookmarks, timeoutMs }
  try {
    if (startsWithState(options, revision)) {
      await readFacts(view, filter)
      await (revision === undefined || revision === 0 ? feed.freshness(exchange.signal) : reached(feed, registry.clock, revision))
      const opening = { state: stateOf(view, filter), end: endOfInitialEvents(kind, options, feed.revision) }
      return watchAnswer(new Watcher(view, registry.clock, { ...common, opening, afterRevision: feed.revision }))
    }
    // Neither a state nor a revision: from now on.
    const afterRevision = revision === undefined || revision === 0 ? feed.revision : revision
    if (view.cache.eventsAfter(afterRevision) === undefined) throw tooOld(afterRevision, view.cache.oldestWatchable)
    return watchAnswer(new Watcher(view, registry.clock, { ...common, opening: nothing, afterRevision }))
  } catch (error) {
    // As upstream: a watch that cannot begin where it was asked to says so inside of the stream.
    if (error instanceof StatusError) return watchAnswer(refusal(error))
    throw error
  }
}

/** Whether the reader gets the current state first. */
function startsWithState({ sendsInitialEvents }: ListOptions, revision: number | undefined): boolean {
  if (sendsInitialEvents !== undefined) return sendsInitialEvents
  return revision === undefined || revision === 0
}

function endOfInitialEvents(kind: Kind, options: ListOptions, revision: number): readonly SharedFrame[] {
  return options.allowsBookmarks ? [bookmarkFrame(kind, revision, true)] : []
}

function tooOld(revision: number, oldest: number): StatusError {
  return expired(`too old resource version: ${revision} (${oldest})`)
}

function refusal(error: StatusError): WatchBody {
  return { run: async (reader) => void reader.send([errorFrame(error)]) }
}

function watchAnswer(watch: WatchBody): Answer {
  return { status: 200, body: { kind: 'watch', watch } }
}
