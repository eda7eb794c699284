/** A namespace goes in two steps: a delete marks it, and it is gone when its own finalizers are (`namespaces/finalize`). */
import { Namespace } from '#kinds/core/namespace.kind'
import { entryAnswer } from '../registry/answers.ts'
import { changeObject } from '../registry/change.ts'
import { readObject } from '../registry/decode-object.ts'
import { ownedWrite, ownersAfterUpdate } from '../registry/field-owners.ts'
import type { DeletionRule } from '../registry/registry.ts'
import { checkName } from '../registry/update.ts'
import { writeOptionsOf } from '../request/write-options.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'

export const namespaceDeletion: DeletionRule = {
  kind: Namespace,
  lingers: (object) => ((object as Namespace).spec?.finalizers ?? []).length > 0,
  mark: (object) => withPhase(object as Namespace, 'Terminating'),
}

/** PUT of `finalize`: only `spec.finalizers` is taken. */
export const finalizeNamespace: ResourceHandler = async (registry, exchange, kind) => {
  const options = writeOptionsOf(exchange.request.query, 'UpdateOptions')
  const wanted = (await readObject({ kinds: registry.kinds, exchange, kind }, options.fieldValidation)) as Namespace
  checkName(wanted, exchange.info.name)
  const key = registry.viewOf(kind).keyOf(undefined, exchange.info.name)
  const write = ownedWrite(registry, exchange, kind, { subresource: 'finalize', operation: 'Update', options })
  const { entry } = await changeObject(registry, exchange, kind, key, {
    subresource: 'finalize',
    rules: {},
    isDryRun: options.isDryRun,
    options,
    next: () => wanted,
    owners: (states) => ownersAfterUpdate(write, states),
    confine: (next, old) => withFinalizers(old as Namespace, next as Namespace),
  })
  return entryAnswer(entry)
}

function withFinalizers(old: Namespace, { spec, metadata }: Namespace): Namespace {
  return {
    ...old,
    metadata: { ...old.metadata, resourceVersion: metadata.resourceVersion },
    spec: { ...old.spec, finalizers: spec?.finalizers },
  }
}

function withPhase(namespace: Namespace, phase: string): Namespace {
  return { ...namespace, status: { ...namespace.status, phase } }
}
