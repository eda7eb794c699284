/** What every object's metadata has to keep, with upstream's texts and in upstream's order. */
import { type FieldErrors, FieldPath, forbiddenField, immutable, invalid, required, tooLong } from './field-path.ts'
import { groupVersionOf } from './kind.ts'
import { asPrefix, isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from './names.ts'
import type { ObjectMeta, OwnerReference } from './types.gen.ts'

const annotationBytesMax = 256 * 1024

export type ObjectMetaRules = {
  readonly isNamespaced: boolean
  /** A DNS subdomain unless told otherwise. */
  readonly validateName?: ((name: string) => readonly string[]) | undefined
  readonly takesBareFinalizers?: boolean | undefined
  readonly namesByGeneratedRules?: boolean | undefined
}

const metadata = FieldPath.of('metadata')

/** The checks of an object that is new, or that stands in another: a pod template has none of them but labels and annotations. */
export function* validateObjectMeta(meta: ObjectMeta, rules: ObjectMetaRules, at: FieldPath = metadata): FieldErrors {
  const nameRule = rules.validateName ?? isDns1123Subdomain
  const { name = '', generateName = '', generation = 0 } = meta
  if (generateName !== '' && rules.namesByGeneratedRules !== true)
    yield* invalidEach(at.field('generateName'), generateName, asPrefix(nameRule)(generateName))
  if (name === '') yield required(at.field('name'), 'name or generateName is required')
  else yield* invalidEach(at.field('name'), name, rules.namesByGeneratedRules === true ? nameRule(name).map(inBytes) : nameRule(name))
  yield* validateNamespaceOf(meta, rules.isNamespaced, at.field('namespace'))
  if (generation < 0) yield invalid(at.field('generation'), generation, notNegativeMessage)
  yield* validateLabels(meta.labels, at.field('labels'))
  yield* validateAnnotations(meta.annotations, at.field('annotations'))
  yield* validateOwnerReferences(meta.ownerReferences, at.field('ownerReferences'))
  yield* validateFinalizers(meta.finalizers, at.field('finalizers'), rules.takesBareFinalizers === true)
}

/** The checks of a change. `next` has already inherited what a client may leave out. */
export function* validateObjectMetaUpdate(next: ObjectMeta, old: ObjectMeta, at: FieldPath = metadata): FieldErrors {
  if (old.deletionTimestamp !== undefined) yield* refuseNewFinalizers(next, old, at.field('finalizers'))
  const { generation = 0 } = next
  if (generation < 0) yield invalid(at.field('generation'), generation, notNegativeMessage)
  if (generation < (old.generation ?? 0)) yield invalid(at.field('generation'), generation, 'must not be decremented')
  for (const field of immutableFields) yield* immutable(at.field(field), next[field], old[field])
  yield* validateMetaContents(next, at)
}

/** What a client fills freely: labels, annotations and owners. */
export function* validateMetaContents(meta: ObjectMeta, at: FieldPath = metadata): FieldErrors {
  yield* validateLabels(meta.labels, at.field('labels'))
  yield* validateAnnotations(meta.annotations, at.field('annotations'))
  yield* validateOwnerReferences(meta.ownerReferences, at.field('ownerReferences'))
}

/** Finalizers without a domain are Kubernetes' own. */
export function* validateStandardFinalizers({ finalizers = [] }: ObjectMeta, at: FieldPath = metadata): FieldErrors {
  for (const [index, finalizer] of finalizers.entries()) yield* validateStandardFinalizer(finalizer, at.field('finalizers').index(index))
}

export function* validateLabels(labels: ObjectMeta['labels'], at: FieldPath): FieldErrors {
  for (const [key, value] of Object.entries(labels ?? {})) {
    yield* invalidEach(at, key, isQualifiedName(key))
    yield* invalidEach(at, value, isLabelValue(value))
  }
}

export function* validateAnnotations(annotations: ObjectMeta['annotations'], at: FieldPath): FieldErrors {
  let byteCount = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    yield* invalidEach(at, key, isQualifiedName(key.toLowerCase()))
    byteCount += utf8Length(key) + utf8Length(value)
  }
  if (byteCount > annotationBytesMax) yield tooLong(at, annotationBytesMax)
}

/** As upstream's generated rules measure. */
function inBytes(problem: string): string {
  return problem.replace(/^(must be no more than \d+) characters$/, '$1 bytes')
}

/** One error for each message. */
export function* invalidEach(at: FieldPath, value: unknown, messages: readonly string[]): FieldErrors {
  for (const message of messages) yield invalid(at, value, message)
}

/** A finalizer is a qualified name; those without a domain have to be Kubernetes' own. */
export function* validateFinalizerName(name: string, at: FieldPath): FieldErrors {
  yield* invalidEach(at, name, isQualifiedName(name))
}

export function* validateStandardFinalizer(name: string, at: FieldPath): FieldErrors {
  if (!name.includes('/') && !standardFinalizers.has(name)) {
    yield invalid(at, name, 'name is neither a standard finalizer name nor is it fully qualified')
  }
}

const notNegativeMessage = 'must be greater than or equal to 0'
const immutableFields = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const
const orphan = 'orphan'
const foregroundDeletion = 'foregroundDeletion'
const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', orphan, foregroundDeletion])

function* validateNamespaceOf({ namespace = '' }: ObjectMeta, isNamespaced: boolean, at: FieldPath): FieldErrors {
  if (!isNamespaced) {
    if (namespace !== '') yield forbiddenField(at, 'not allowed on this type')
  } else if (namespace === '') yield required(at)
  else yield* invalidEach(at, namespace, isDns1123Label(namespace))
}

function* validateOwnerReferences(owners: readonly OwnerReference[] = [], at: FieldPath): FieldErrors {
  // As upstream: the path of one reference has no index.
  for (const owner of owners) yield* validateOwnerReference(owner, at)
  const [first, second] = owners.filter((owner) => owner.controller === true).map((owner) => owner.name)
  if (second === undefined) return
  yield invalid(at, owners, `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`)
}

function* validateOwnerReference(owner: OwnerReference, at: FieldPath): FieldErrors {
  const { apiVersion = '' } = owner
  if (groupVersionOf(apiVersion)[1] === '') yield invalid(at.field('apiVersion'), apiVersion, 'version must not be empty')
  for (const field of ['kind', 'name', 'uid'] as const) {
    if ((owner[field] ?? '') === '') yield invalid(at.field(field), '', 'must not be empty')
  }
  // Events come and go too fast to own anything.
  if (apiVersion === 'v1' && owner.kind === 'Event') yield invalid(at, owner, '/v1, Kind=Event is disallowed from being an owner reference')
}

function* validateFinalizers(finalizers: readonly string[] = [], at: FieldPath, takesBare: boolean): FieldErrors {
  for (const finalizer of finalizers) yield* validateFinalizerName(finalizer, at)
  if (finalizers.includes(orphan) && finalizers.includes(foregroundDeletion)) {
    yield invalid(at, finalizers, `finalizer ${orphan} and ${foregroundDeletion} cannot be both set`)
  }
  if (takesBare) return
  for (const [index, finalizer] of finalizers.entries()) yield* validateStandardFinalizer(finalizer, at.index(index))
}

function* refuseNewFinalizers(next: ObjectMeta, old: ObjectMeta, at: FieldPath): FieldErrors {
  const added = (next.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer))
  if (added.length === 0) return
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ')
  yield forbiddenField(at, `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`)
}

const encoder = new TextEncoder()

function utf8Length(text: string): number {
  return encoder.encode(text).length
}
