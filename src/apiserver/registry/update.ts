/** PUT of an object or of its `status`. */
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { badRequest } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { writeOptionsOf } from '../request/write-options.ts'
import { entryAnswer } from './answers.ts'
import { type Change, changeObject } from './change.ts'
import { createDecoded } from './create.ts'
import { readObject } from './decode-object.ts'
import { ownedWrite, ownersAfterUpdate, withCreator } from './field-owners.ts'
import type { Registry } from './registry.ts'
import { inRequestNamespace, namespaceOf } from './system-metadata.ts'

export async function updateObject(registry: Registry, exchange: Exchange, kind: Kind): Promise<Answer> {
  const { info, request } = exchange
  const options = writeOptionsOf(request.query, 'UpdateOptions')
  const decoded = await readObject({ kinds: registry.kinds, exchange, kind }, options.fieldValidation)
  const wanted = inRequestNamespace(kind, info, decoded)
  checkName(wanted, info.name)
  const key = registry.viewOf(kind).keyOf(namespaceOf(kind, info), info.name)
  if (kind.createsOnUpdate && info.subresource === '' && registry.viewOf(kind).cache.get(key) === undefined) {
    return await createDecoded(registry, exchange, kind, withCreator(registry, exchange, kind, wanted, options), options)
  }
  const write = ownedWrite(registry, exchange, kind, { subresource: info.subresource, operation: 'Update', options })
  const { entry } = await changeObject(registry, exchange, kind, key, {
    ...writeTarget(kind, info.subresource),
    isDryRun: options.isDryRun,
    options,
    next: () => wanted,
    owners: (states) => ownersAfterUpdate(write, states),
    mustNameRevision: !kind.updatesUnconditionally,
    uidIsPrecondition: true,
  })
  return entryAnswer(entry)
}

/** The rules of writing the object itself, or its status; an approval is a write of the status that may decide. */
export function writeTarget(kind: Kind, subresource: string): Pick<Change, 'subresource' | 'rules' | 'confine'> {
  if (subresource === 'status' || subresource === 'approval') return { subresource, rules: kind.status ?? {}, confine: onlyStatus }
  return { subresource, rules: kind.update }
}

/** As upstream: besides the status itself, a write of the status reaches labels and annotations. */
function onlyStatus(next: KubeObject, old: KubeObject): KubeObject {
  const { status } = next as KubeObject & { readonly status?: unknown }
  return { ...old, metadata: next.metadata, ...(status === undefined ? { status: undefined } : { status }) }
}

/** Throws 400 if the object is named otherwise than the URL says. */
export function checkName(object: KubeObject, name: string): void {
  const given = object.metadata.name ?? ''
  if (given === name) return
  if (given === '') throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
}
