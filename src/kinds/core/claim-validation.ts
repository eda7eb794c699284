/** What a claim on storage has to keep, alone or as the template of others (upstream: ValidatePersistentVolumeClaimSpec). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Label, isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { compareQuantity, tryParseQuantity } from '#meta/quantity'
import { validateLabelSelector } from '../label-selector-validation.ts'
import { isSameValue } from '../same-value.ts'
import { valueDiff } from '../shown/value-diff.ts'
import { validateAccessModes } from './access-modes.ts'
import * as schemas from './schema.gen.ts'
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec, TypedLocalObjectReference } from './types.gen.ts'

const volumeModes = ['Block', 'Filesystem']

/** `old` is what the claim was: where its source had a group, none is refused. */
export function* validateClaimSpec(claim: PersistentVolumeClaimSpec, at: FieldPath, old?: PersistentVolumeClaimSpec): FieldErrors {
  const {
    accessModes = [],
    selector,
    resources,
    storageClassName = '',
    volumeMode,
    dataSource,
    dataSourceRef,
    volumeAttributesClassName,
  } = claim
  if (accessModes.length === 0) yield required(at.field('accessModes'), 'at least 1 access mode is required')
  yield* validateLabelSelector(selector, at.field('selector'))
  yield* validateAccessModes(accessModes, at.field('accessModes'))
  yield* validateSize(resources?.requests?.['storage'], at.field('resources').key('storage'))
  if (storageClassName !== '') yield* invalidEach(at.field('storageClassName'), storageClassName, isDns1123Subdomain(storageClassName))
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode)) yield notSupported(at.field('volumeMode'), volumeMode, volumeModes)
  const takesAnyGroup = (old?.dataSource?.apiGroup ?? old?.dataSourceRef?.apiGroup) !== undefined
  if (dataSource !== undefined) yield* validateDataSource(dataSource, takesAnyGroup, at.field('dataSource'))
  if (dataSourceRef !== undefined) yield* validateDataSource(dataSourceRef, takesAnyGroup, at.field('dataSourceRef'))
  if (dataSourceRef?.namespace) {
    yield* invalidEach(at.field('dataSourceRef').field('namespace'), dataSourceRef.namespace, isDns1123Label(dataSourceRef.namespace))
    if (dataSource !== undefined) yield invalid(at, {}, 'may not be specified when dataSourceRef.namespace is specified')
  } else if (dataSource !== undefined && dataSourceRef !== undefined && !isSameReference(dataSource, dataSourceRef)) {
    yield invalid(at, {}, 'must match dataSourceRef')
  }
  if (volumeAttributesClassName)
    yield* invalidEach(at.field('volumeAttributesClassName'), volumeAttributesClassName, isDns1123Subdomain(volumeAttributesClassName))
}

const immutableSpecMessage = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** Binding, growing and changing attributes of a bound claim are all that may happen to it. */
export function* validateClaimUpdate(next: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldErrors {
  const at = FieldPath.of('spec')
  yield* validateClaimSpec(next.spec, at, old.spec)
  const isBound = old.status?.phase === 'Bound'
  const isBinding = (old.spec.volumeName ?? '') === '' && next.spec.volumeName
  const kept = {
    ...(isBound ? { resources: withSizeOf(next, old), volumeAttributesClassName: old.spec.volumeAttributesClassName } : {}),
    ...(isBinding ? { volumeName: old.spec.volumeName } : {}),
    // A claim from before there was a default class gets it later.
    ...(old.spec.storageClassName === undefined ? { storageClassName: undefined } : {}),
  }
  const rest = { ...next.spec, ...kept }
  if (!isSameValue(rest, old.spec))
    yield forbiddenField(at, `${immutableSpecMessage}\n${valueDiff(schemas.PersistentVolumeClaimSpec, old.spec, rest)}`)
  yield* validateResize(next, old, at.field('resources').field('requests').field('storage'))
  if (next.spec.volumeMode !== old.spec.volumeMode)
    yield invalid(FieldPath.of('volumeMode'), next.spec.volumeMode ?? null, 'field is immutable')
}

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
]

/** What a volume has, and how far it is on its way to another size. */
export function* validateClaimStatus({ status = {} }: PersistentVolumeClaim): FieldErrors {
  const at = FieldPath.of('status')
  const { capacity = {}, allocatedResources = {}, allocatedResourceStatuses = {} } = status
  for (const [name, amount] of Object.entries(capacity)) yield* validateAmount(amount, at.field('capacity').key(name))
  // As upstream: the error shows the resource, not its status.
  for (const [name, text] of Object.entries(allocatedResourceStatuses))
    if (!resizeStatuses.includes(text)) yield notSupported(at.field('allocatedResourceStatuses'), name, resizeStatuses)
  for (const [name, amount] of Object.entries(allocatedResources)) yield* validateAmount(amount, at.field('allocatedResources').key(name))
}

/** As upstream prints it: the amount as a number. */
function* validateAmount(amount: string, at: FieldPath): FieldErrors {
  const nano = tryParseQuantity(amount)?.nano ?? 0n
  if (nano < 0n) yield invalid(at, Number(nano / 1_000_000_000n), 'must be a valid resource quantity')
}

function withSizeOf(next: PersistentVolumeClaim, old: PersistentVolumeClaim): PersistentVolumeClaimSpec['resources'] {
  const storage = old.spec.resources?.requests?.['storage']
  const requests = { ...next.spec.resources?.requests, ...(storage === undefined ? {} : { storage }) }
  return { ...next.spec.resources, requests }
}

/** A failed growth may be taken back, but not below what the volume has. */
function* validateResize(next: PersistentVolumeClaim, old: PersistentVolumeClaim, at: FieldPath): FieldErrors {
  const [size, oldSize] = [next, old].map(({ spec }) => spec.resources?.requests?.['storage'] ?? '0')
  const has = old.status?.capacity?.['storage'] ?? '0'
  if (compareQuantity(size ?? '0', oldSize ?? '0') >= 0) return
  if (compareQuantity(size ?? '0', has) <= 0) yield forbiddenField(at, 'field can not be less than status.capacity')
}

function* validateSize(size: string | undefined, at: FieldPath): FieldErrors {
  if (size === undefined) return yield required(at)
  if ((tryParseQuantity(size)?.nano ?? 1n) <= 0n) yield invalid(at, size, 'must be greater than zero')
}

function* validateDataSource(
  { kind = '', name = '', apiGroup = '' }: TypedLocalObjectReference,
  takesAnyGroup: boolean,
  at: FieldPath,
): FieldErrors {
  if (name === '') yield required(at.field('name'))
  if (kind === '') yield required(at.field('kind'))
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    yield invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
  }
  if (apiGroup !== '' && !takesAnyGroup) yield* invalidEach(at.field('apiGroup'), apiGroup, isDns1123Subdomain(apiGroup))
}

function isSameReference(a: TypedLocalObjectReference, b: TypedLocalObjectReference): boolean {
  return a.kind === b.kind && a.name === b.name && (a.apiGroup ?? '') === (b.apiGroup ?? '')
}
