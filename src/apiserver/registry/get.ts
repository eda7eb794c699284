/** GET of one object: the bytes that are stored. */
import type { Kind } from '#meta/kind'
import { notFound } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { revisionOf } from '../request/list-options.ts'
import { entryAnswer } from './answers.ts'
import { reached } from './reached.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { namespaceOf } from './system-metadata.ts'

/** Without waiting where nothing is to be waited for: this is the hot path. */
export function getObject(registry: Registry, exchange: Exchange, kind: Kind): Answer | Promise<Answer> {
  const { query } = exchange.request
  const resourceVersion = query.size === 0 ? null : query.get('resourceVersion')
  const pending =
    resourceVersion === null || resourceVersion === ''
      ? registry.feed.freshness(exchange.signal)
      : reached(registry, revisionOf(resourceVersion))
  return pending === undefined ? current(registry, exchange, kind) : pending.then(() => current(registry, exchange, kind))
}

function current(registry: Registry, { info }: Exchange, kind: Kind): Answer {
  const entry = registry.viewOf(kind).get(namespaceOf(kind, info), info.name)
  if (entry === undefined) throw notFound(resourceNameOf(kind), info.name)
  return entryAnswer(entry)
}
