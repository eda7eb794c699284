/**
 * DELETE of what lies in the store and does not decode, by `ignoreStoreReadErrorWithClusterBreakingPotential`: the way out where
 * a damaged value would fail every list. Without grace, finalizers and admission, as nothing of the object is known; so it needs a right of its own.
 */
import { FieldPath, invalid } from '#meta/field-path'
import type { Kind } from '#meta/kind'
import { forbidden, invalidObject, notFound } from '#meta/status'
import { questionOf } from '../authz/question.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { deletedAnswer } from './answers.ts'
import { commitRemoval } from './commit.ts'
import { type Registry, resourceNameOf } from './registry.ts'

const verb = 'unsafe-delete-ignore-read-errors'

export async function deleteUnreadable(registry: Registry, exchange: Exchange, kind: Kind, key: string): Promise<Answer> {
  await checkPermission(registry, exchange, kind)
  const { name } = exchange.info
  const { storage, cache } = registry.viewOf(kind)
  await storage.feed.freshness(exchange.signal)
  const entry = cache.get(key)
  const problem = entry?.unreadable()
  if (entry === undefined || problem === undefined) {
    const why = 'is exclusively used to delete corrupt object(s), try again by removing this option'
    const at = FieldPath.of('ignoreStoreReadErrorWithClusterBreakingPotential')
    throw invalidObject({ group: kind.group, kind: kind.plural }, name, [invalid(at, true, why)])
  }
  registry.log.warn('an object that cannot be read is deleted', { key, error: problem })
  const result = await commitRemoval(registry, kind, entry)
  if (!result.succeeded) throw notFound(resourceNameOf(kind), name)
  return deletedAnswer(kind, { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name } })
}

async function checkPermission(registry: Registry, exchange: Exchange, kind: Kind): Promise<void> {
  const { info, request, user } = exchange
  const { verdict, reason } = await registry.authorizer.decide(questionOf(user, { ...info, verb }, request.query), exchange.signal)
  if (verdict === 'allow') return
  throw forbidden(resourceNameOf(kind), info.name, `not permitted to do ${JSON.stringify(verb)}, reason: ${reason}`)
}
