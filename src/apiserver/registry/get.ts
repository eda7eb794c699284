/** GET of one object: the bytes that are stored. */
import type { Kind } from '#meta/kind'
import { notFound } from '#meta/status'
import type { KindView } from '../cache/kind-view.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { entryAnswer } from './answers.ts'
import { exactRevision, reached } from './reached.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'

/** Without waiting where nothing is to be waited for: this is the hot path. */
export function getObject(registry: Registry, exchange: Exchange, kind: Kind): Answer | Promise<Answer> {
  const { query } = exchange.request
  const resourceVersion = query.size === 0 ? null : query.get('resourceVersion')
  const view = registry.viewOf(kind)
  const { feed } = view.storage
  const pending =
    resourceVersion === null || resourceVersion === ''
      ? feed.freshness(exchange.signal)
      : reached(feed, registry.clock, exactRevision(resourceVersion))
  return pending === undefined ? current(view, exchange) : pending.then(() => current(view, exchange))
}

function current(view: KindView, { info }: Exchange): Answer {
  const { kind } = view
  const entry = view.get(namespaceOf(kind, info), info.name)
  if (entry === undefined) throw notFound(resourceNameOf(kind), info.name)
  return entryAnswer(entry)
}
