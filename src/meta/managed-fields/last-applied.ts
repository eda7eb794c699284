/**
 * From client-side apply to server-side apply: what the annotation of `kubectl apply` says was applied may be taken over by
 * kubectl's server-side apply without a conflict, and the annotation is kept up to date for those who still read it.
 */
import { FieldPath } from '../field-path.ts'
import { validateAnnotations } from '../object-meta-validation.ts'
import { isJsonObject, type JsonObject } from '../schema/go-type.ts'
import { compare } from './compare.ts'
import { ApplyConflict } from './conflict.ts'
import { difference, emptySet, type FieldSet, isEmptySet, union } from './field-set.ts'
import { fieldSetOf } from './field-set-of.ts'
import type { Managers } from './managers.ts'
import { type Applied, type Apply, afterApply, type Resource } from './ownership.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** An apply as kubectl may do it; other managers have no part in the annotation. Throws an ApplyConflict. */
export function afterKubectlApply(resource: Resource, managers: Managers, apply: Apply): Applied {
  const applied = migrated(resource, managers, apply)
  const value = applied.value ?? apply.live
  if (lastAppliedText(value) === undefined) return applied
  return { ...applied, value: withLastApplied(value, apply.config) }
}

function migrated(resource: Resource, managers: Managers, apply: Apply): Applied {
  try {
    return afterApply(resource, managers, apply)
  } catch (error) {
    if (!(error instanceof ApplyConflict)) throw error
    const allowed = lastAppliedFields(resource, apply.live)
    const conflicts = error.conflicts
      .map(({ owner, fields }) => ({ owner, fields: difference(fields, allowed) }))
      .filter(({ fields }) => !isEmptySet(fields))
    if (conflicts.length > 0) throw new ApplyConflict(conflicts)
    return afterApply(resource, managers, { ...apply, isForced: true })
  }
}

/** The fields that were applied from the client and still are as they were applied. */
function lastAppliedFields({ schema, apiVersion }: Resource, live: unknown): FieldSet {
  const config = parsed(lastAppliedText(live))
  if (!isJsonObject(config) || config.apiVersion !== apiVersion) return emptySet
  const { added, modified, removed } = compare(schema, config, live)
  return difference(fieldSetOf(schema, config), union(added, union(modified, removed)))
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function lastAppliedText(value: unknown): string | undefined {
  const text = annotationsOf(value)[annotation]
  return typeof text === 'string' && text !== '' ? text : undefined
}

function annotationsOf(value: unknown): JsonObject {
  const metadata = isJsonObject(value) ? value.metadata : undefined
  const annotations = isJsonObject(metadata) ? metadata.annotations : undefined
  return isJsonObject(annotations) ? annotations : {}
}

/** The annotation goes where it would make annotations too long. */
function withLastApplied(value: unknown, config: unknown): unknown {
  const { [annotation]: _, ...others } = annotationsOf(value)
  const full = { ...others, [annotation]: `${goJson(withoutAnnotation(config))}\n` }
  const fits = validateAnnotations(full as Record<string, string>, FieldPath.of('metadata')).next().done === true
  return withAnnotations(value, fits ? full : others)
}

function withoutAnnotation(config: unknown): unknown {
  const { [annotation]: text, ...others } = annotationsOf(config)
  return text === undefined ? config : withAnnotations(config, others)
}

function withAnnotations(value: unknown, annotations: JsonObject): unknown {
  if (!isJsonObject(value)) return value
  return { ...value, metadata: { ...(isJsonObject(value.metadata) ? value.metadata : {}), annotations } }
}

/** JSON as Go writes it: sorted keys, and no characters that HTML would trip over. */
function goJson(value: unknown): string {
  const text = JSON.stringify(value, (_name, inner: unknown) =>
    isJsonObject(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .sort()
            .map((name) => [name, inner[name]]),
        )
      : inner,
  )
  return text.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
