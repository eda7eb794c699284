/** Where volumes appear in a container (upstream: ValidateVolumeMounts). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, notFoundValue, notSupported, required } from '#meta/field-path'
import type { Volume, VolumeMount } from '../types.gen.ts'
import type { ContainerFields } from './container-fields.ts'
import { validateDescendingPath } from './path-validation.ts'

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursions = ['Disabled', 'Enabled', 'IfPossible']

/** `volumes` are those of the pod that are all right. */
export function* validateVolumeMounts(
  { volumeMounts = [], volumeDevices = [], securityContext }: ContainerFields,
  volumes: ReadonlyMap<string, Volume>,
  at: FieldPath,
): FieldErrors {
  const paths = new Set<string>()
  for (const [index, mount] of volumeMounts.entries()) {
    const here = at.index(index)
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount
    if (name === '') yield required(here.field('name'))
    if (!volumes.has(name)) yield notFoundValue(here.field('name'), name)
    if (mountPath === '') yield required(here.field('mountPath'))
    if (paths.has(mountPath)) yield invalid(here.field('mountPath'), mountPath, 'must be unique')
    paths.add(mountPath)
    if (volumeDevices.some((device) => (device.name ?? '') === name))
      yield invalid(here.field('name'), name, 'must not already exist in volumeDevices')
    if (volumeDevices.some((device) => (device.devicePath ?? '') === mountPath))
      yield invalid(here.field('mountPath'), mountPath, 'must not already exist as a path in volumeDevices')
    // As upstream: what follows stands at the list, not at its entry.
    if (subPath !== '') yield* validateDescendingPath(subPath, at.field('subPath'))
    if (subPathExpr !== '') {
      if (subPath !== '') yield invalid(here.field('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive')
      yield* validateDescendingPath(subPathExpr, at.field('subPathExpr'))
    }
    yield* validatePropagation(mount, securityContext?.privileged === true, at)
  }
}

export function* validateVolumeDevices(
  { volumeDevices = [], volumeMounts = [] }: ContainerFields,
  volumes: ReadonlyMap<string, Volume>,
  at: FieldPath,
): FieldErrors {
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [index, { name = '', devicePath = '' }] of volumeDevices.entries()) {
    const here = at.index(index)
    const volume = volumes.get(name)
    if (name === '') yield required(here.field('name'))
    if (names.has(name)) yield invalid(here.field('name'), name, 'must be unique')
    if (volume === undefined) yield notFoundValue(here.field('name'), name)
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined)
      yield invalid(here.field('name'), name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
    if (devicePath === '') yield required(here.field('devicePath'))
    if (paths.has(devicePath)) yield invalid(here.field('devicePath'), devicePath, 'must be unique')
    if (devicePath.split('/').includes('..')) yield invalid(here.field('devicePath'), devicePath, "can not contain backsteps ('..')")
    else paths.add(devicePath)
    if (volumeMounts.some((mount) => (mount.name ?? '') === name))
      yield invalid(here.field('name'), name, 'must not already exist in volumeMounts')
    if (volumeMounts.some((mount) => (mount.mountPath ?? '') === devicePath))
      yield invalid(here.field('devicePath'), devicePath, 'must not already exist as a path in volumeMounts')
    if (name !== '') names.add(name)
  }
}

function* validatePropagation(mount: VolumeMount, isPrivileged: boolean, at: FieldPath): FieldErrors {
  const { mountPropagation: propagation, recursiveReadOnly: recursion, readOnly } = mount
  if (propagation !== undefined && !propagations.includes(propagation))
    yield notSupported(at.field('mountPropagation'), propagation, propagations)
  if (propagation === 'Bidirectional' && !isPrivileged) {
    yield forbiddenField(at.field('mountPropagation'), 'Bidirectional mount propagation is available only to privileged containers')
  }
  if (recursion === undefined) return
  const here = at.field('recursiveReadOnly')
  if (!recursions.includes(recursion)) return yield notSupported(here, recursion, recursions)
  if (recursion === 'Disabled') return
  if (readOnly !== true) yield forbiddenField(here, 'may only be specified when readOnly is true')
  if (propagation !== undefined && propagation !== 'None')
    yield forbiddenField(here, 'may only be specified when mountPropagation is None or not specified')
}
