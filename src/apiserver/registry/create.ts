/** POST to a collection: decode, admit, prepare, validate, store. */
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { validateObjectMeta } from '#meta/object-meta-validation'
import { wireForm } from '#meta/schema/encode'
import { alreadyExists, badRequest, hasReason, invalidObject, StatusError } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { type WriteOptions, writeOptionsOf } from '../request/write-options.ts'
import type { Alongside } from '../services/write-hook.ts'
import { entryAnswer, valueAnswer } from './answers.ts'
import { commitNew } from './commit.ts'
import { readObject } from './decode-object.ts'
import { withCreator } from './field-owners.ts'
import { type Registry, resourceNameOf } from './registry.ts'
import { inRequestNamespace, withCreationMeta, withGeneratedName, withoutSystemMeta } from './system-metadata.ts'
import { admissionOf, factsOf } from './write-call.ts'

/** As upstream: so often a new name is generated when the last one was taken. */
const nameAttemptsMax = 8
/** So often a claim is made anew that another server's has overtaken. */
const claimAttemptsMax = 50

export async function createObject(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const options = writeOptionsOf(exchange.request.query, 'CreateOptions')
  const decoded = withoutSystemMeta(await readObject({ kinds: registry.kinds, exchange, kind }, options.fieldValidation))
  return await createDecoded(registry, exchange, kind, withCreator(registry, exchange, kind, decoded, options), options)
}

/** The rest of a create, for whoever has the object and its owners already (an update or apply that creates). */
export async function createDecoded(
  registry: Registry,
  exchange: Exchange,
  kind: Kind,
  decoded: KubeObject,
  options: WriteOptions,
): Promise<Answer> {
  const warningCount = exchange.warnings.length
  try {
    return await createOnce(registry, exchange, kind, decoded, options)
  } catch (error) {
    // What refuses it may be gone, and what it misses may be there: the caches can lag behind a shared store.
    const mayLag = registry.storages.all().some(({ feed }) => feed.isShared)
    if (!mayLag || !(error instanceof StatusError) || hasReason(error, 'AlreadyExists')) throw error
    await Promise.all(registry.storages.all().map(async ({ feed }) => await feed.freshness(exchange.signal)))
    exchange.warnings.splice(warningCount)
    return await createOnce(registry, exchange, kind, decoded, options)
  }
}

async function createOnce(registry: Registry, exchange: Exchange, kind: Kind, decoded: KubeObject, options: WriteOptions): Promise<Answer> {
  const placed = inRequestNamespace(kind, exchange.info, decoded)
  if ((placed.metadata.name ?? '') === '' && (placed.metadata.generateName ?? '') === '' && kind.isVirtual)
    throw badRequest('name is required')
  const started = withCreationMeta(kind, placed, registry.clock, registry.random)
  const admitted = await registry.admission.mutate(question(exchange, kind, started, options), exchange.signal)
  const warningCount = exchange.warnings.length
  let overtakenCount = 0
  for (let attempt = 1; ; ) {
    exchange.warnings.splice(warningCount)
    const named = withGeneratedName(admitted, registry.random)
    using claimed = registry.writeHookOf(kind)?.beforeCreate(named, options)
    const object = await prepared(registry, exchange, kind, claimed?.object ?? named, options)
    const outcome = await store(registry, kind, object, options, claimed)
    if (typeof outcome === 'object') return outcome
    if (outcome === 'overtaken' && ++overtakenCount < claimAttemptsMax) continue
    const isGenerated = (admitted.metadata.name ?? '') === ''
    if (!isGenerated || attempt === nameAttemptsMax) throw alreadyExists(resourceNameOf(kind), object.metadata.name ?? '')
    attempt++
  }
}

async function prepared(
  registry: Registry,
  exchange: Exchange,
  kind: Kind,
  object: KubeObject,
  options: WriteOptions,
): Promise<KubeObject> {
  const facts = factsOf(registry, exchange, '')
  const ready = kind.prepareCreate === undefined ? object : kind.prepareCreate(object, facts)
  const { validateName, takesBareFinalizers, namesByGeneratedRules } = kind
  const rules = { isNamespaced: kind.scope === 'Namespaced', validateName, takesBareFinalizers, namesByGeneratedRules }
  const errors = [
    ...(kind.checksOwnMeta === true ? [] : validateObjectMeta(ready.metadata, rules)),
    ...(kind.validate?.(ready, facts) ?? []),
    ...(kind.validateCreate?.(ready, facts) ?? []),
  ]
  if (errors.length > 0) throw invalidObject(kind.storedAs?.kind ?? kind, ready.metadata.name ?? '', errors)
  exchange.warnings.push(...(kind.warnings?.(ready, undefined) ?? []))
  await registry.admission.validate(question(exchange, kind, ready, options), exchange.signal)
  return ready
}

/** `overtaken`: another server has claimed something meanwhile. */
async function store(
  registry: Registry,
  kind: Kind,
  object: KubeObject,
  options: WriteOptions,
  alongside: Alongside | undefined,
): Promise<Answer | 'taken' | 'overtaken'> {
  const view = registry.viewOf(kind)
  const key = view.keyOf(object.metadata.namespace, object.metadata.name ?? '')
  if (options.isDryRun) return view.cache.get(key) === undefined ? valueAnswer(wireForm(kind.schema, object), 201) : 'taken'
  // As upstream: it is the store that refuses it, so a dry run does not see it.
  if (hasRevision(object)) throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
  const result = await commitNew(registry, kind, key, object, alongside)
  if (result.succeeded) return entryAnswer(view.served(result.entry), 201)
  return result.current === undefined ? 'overtaken' : 'taken'
}

function hasRevision({ metadata: { resourceVersion = '' } }: KubeObject): boolean {
  return resourceVersion !== '' && resourceVersion !== '0'
}

function question(exchange: Exchange, kind: Kind, object: KubeObject, options: WriteOptions) {
  return admissionOf(exchange, kind, { operation: 'CREATE', subresource: '', object, old: undefined, isDryRun: options.isDryRun, options })
}
