/** What a volume has to keep; where its bytes are never changes (upstream: ValidatePersistentVolume). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { tryParseQuantity } from '#meta/quantity'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { valueDiff } from '../shown/value-diff.ts'
import { validateAccessModes } from './access-modes.ts'
import { validateVolumeSource, volumeSourcesOf } from './pod/volume-validation.ts'
import * as schemas from './schema.gen.ts'
import type { PersistentVolume, PersistentVolumeSpec } from './types.gen.ts'

const spec = FieldPath.of('spec')
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const volumeModes = ['Block', 'Filesystem']

export function* validatePersistentVolume({ spec: volume }: PersistentVolume): FieldErrors {
  const { accessModes = [], capacity = {}, persistentVolumeReclaimPolicy: policy, volumeMode, storageClassName = '', hostPath } = volume
  if (accessModes.length === 0) yield required(spec.field('accessModes'))
  yield* validateAccessModes(accessModes, spec.field('accessModes'))
  yield* validateCapacity(capacity, spec.field('capacity'))
  if (policy && !reclaimPolicies.includes(policy)) yield notSupported(spec.field('persistentVolumeReclaimPolicy'), policy, reclaimPolicies)
  yield* validateSources(volume)
  if (hostPath?.path === '/' && policy === 'Recycle') {
    yield forbiddenField(spec.field('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'")
  }
  if (storageClassName !== '') yield* invalidEach(spec.field('storageClassName'), storageClassName, isDns1123Subdomain(storageClassName))
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode)) yield notSupported(spec.field('volumeMode'), volumeMode, volumeModes)
}

export function* validateVolumeUpdate(next: PersistentVolume, old: PersistentVolume): FieldErrors {
  if (!isSameValue(sourceOf(next.spec), sourceOf(old.spec))) {
    const shown = valueDiff(schemas.PersistentVolumeSpec, old.spec, next.spec)
    yield forbiddenField(spec.field('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${shown}`)
  }
  if (next.spec.volumeMode !== old.spec.volumeMode)
    yield invalid(FieldPath.of('volumeMode'), next.spec.volumeMode ?? null, 'field is immutable')
  const hadAffinity = old.spec.nodeAffinity !== undefined
  if (hadAffinity && !isSameValue(next.spec.nodeAffinity, old.spec.nodeAffinity)) {
    const shown = internalForm(schemas.VolumeNodeAffinity, next.spec.nodeAffinity)
    yield invalid(FieldPath.of('nodeAffinity'), shown, 'field is immutable, except for updating from beta label to GA')
  }
}

function* validateCapacity(capacity: Readonly<Record<string, string>>, at: FieldPath): FieldErrors {
  const names = Object.keys(capacity)
  const shown = names.length === 0 ? undefined : capacity
  if (names.length === 0) yield required(at)
  if (names.length !== 1 || names[0] !== 'storage') yield notSupported(at, shown, ['storage'])
  for (const [name, amount] of Object.entries(capacity)) {
    const nano = tryParseQuantity(amount)?.nano ?? 1n
    // As upstream prints it: the amount as a number.
    if (nano < 0n) yield invalid(at.key(name), Number(nano / 1_000_000_000n), 'must be a valid resource quantity')
    if (nano <= 0n) yield invalid(at.key(name), amount, 'must be greater than zero')
  }
}

function* validateSources(volume: PersistentVolumeSpec): FieldErrors {
  const sources = [...volumeSourcesOf(volume), ...(volume.local === undefined ? [] : (['local'] as const))]
  if (sources.length === 0) return yield required(spec, 'must specify a volume type')
  for (const [index, field] of sources.entries()) {
    if (index > 0) yield forbiddenField(spec.field(field), 'may not specify more than 1 volume type')
    else if (field !== 'local') yield* validateVolumeSource(volume, field, spec.field(field))
    else yield* validateLocal(volume)
  }
}

function* validateLocal({ local, nodeAffinity }: PersistentVolumeSpec): FieldErrors {
  if (!local?.path) yield required(spec.field('local').field('path'))
  if (nodeAffinity === undefined) yield required(spec.field('nodeAffinity'), 'Local volume requires node affinity')
}

function sourceOf(volume: PersistentVolumeSpec): unknown {
  const fields = new Set<string>([...volumeSourcesOf(volume), 'local'])
  return Object.fromEntries(Object.entries(volume).filter(([field]) => fields.has(field)))
}
