/** Where volumes appear in a container (upstream: ValidateVolumeMounts). */
import { type FieldErrors, type FieldPath, forbiddenField, invalid, notFoundValue, notSupported, required } from '#meta/field-path'
import type { Container, PodSpec, VolumeMount } from '../types.gen.ts'
import { validateDescendingPath } from './path-validation.ts'

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursions = ['Disabled', 'Enabled', 'IfPossible']

export function* validateVolumeMounts({ volumeMounts = [], securityContext }: Container, spec: PodSpec, at: FieldPath): FieldErrors {
  const names = new Set((spec.volumes ?? []).map((volume) => volume.name))
  const paths = new Set<string>()
  for (const [index, mount] of volumeMounts.entries()) {
    const here = at.index(index)
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount
    if (name === '') yield required(here.field('name'))
    else if (!names.has(name)) yield notFoundValue(here.field('name'), name)
    if (mountPath === '') yield required(here.field('mountPath'))
    if (paths.has(mountPath)) yield invalid(here.field('mountPath'), mountPath, 'must be unique')
    paths.add(mountPath)
    // As upstream: what follows stands at the list, not at its entry.
    if (subPath !== '') yield* validateDescendingPath(subPath, at.field('subPath'))
    if (subPathExpr !== '') {
      if (subPath !== '') yield invalid(at.field('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive')
      yield* validateDescendingPath(subPathExpr, at.field('subPathExpr'))
    }
    yield* validatePropagation(mount, securityContext?.privileged === true, at)
  }
}

export function* validateVolumeDevices({ volumeDevices = [], volumeMounts = [] }: Container, spec: PodSpec, at: FieldPath): FieldErrors {
  const claims = new Set(
    (spec.volumes ?? []).filter((volume) => volume.persistentVolumeClaim ?? volume.ephemeral).map((volume) => volume.name),
  )
  for (const [index, { name = '', devicePath = '' }] of volumeDevices.entries()) {
    const here = at.index(index)
    if (name === '') yield required(here.field('name'))
    else if (!claims.has(name)) yield notFoundValue(here.field('name'), name)
    if (devicePath === '') yield required(here.field('devicePath'))
    if (volumeMounts.some((mount) => mount.name === name)) yield invalid(here.field('name'), name, 'must not already exist in volumeMounts')
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
