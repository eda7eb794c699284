/** Debugging containers: added to a running pod through the subresource `ephemeralcontainers`, and never taken away (upstream: ValidatePodEphemeralContainersUpdate). */
import { duplicate, type FieldErrors, FieldPath, forbiddenField, notFoundValue, required } from '#meta/field-path'
import { isDns1123Label } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { isSameValue } from '../../same-value.ts'
import { valueDiff } from '../../shown/value-diff.ts'
import * as schemas from '../schema.gen.ts'
import type { EphemeralContainer, Pod } from '../types.gen.ts'

const at = FieldPath.of('spec', 'ephemeralContainers')
const foreignFields = ['ports', 'resources', 'resizePolicy', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const

export function prepareEphemeralContainers(next: Pod, old: Pod): Pod {
  return { ...next, spec: { ...old.spec, ephemeralContainers: next.spec.ephemeralContainers }, status: old.status }
}

export function* validateEphemeralContainers(next: Pod, old: Pod): FieldErrors {
  const containers = next.spec.ephemeralContainers ?? []
  const taken = new Set([...(next.spec.containers ?? []), ...(next.spec.initContainers ?? [])].map((container) => container.name))
  const targets = new Set(taken)
  for (const [index, container] of containers.entries()) {
    yield* validateEphemeralContainer(container, taken, targets, at.index(index))
    taken.add(container.name)
  }
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = containers.find((container) => container.name === before.name)
    if (now === undefined) yield forbiddenField(at, `existing ephemeral containers ${JSON.stringify(before.name)} may not be removed\n`)
    else if (!isSameValue(now, before))
      yield forbiddenField(at, `existing ephemeral containers ${JSON.stringify(before.name)} may not be changed\n${valueDiff(schemas.EphemeralContainer, before, now)}`)
  }
}

function* validateEphemeralContainer(
  container: EphemeralContainer,
  taken: ReadonlySet<string>,
  targets: ReadonlySet<string>,
  here: FieldPath,
): FieldErrors {
  const { name = '', image = '', targetContainerName = '' } = container
  if (name === '') yield required(here.field('name'))
  else yield* invalidEach(here.field('name'), name, isDns1123Label(name))
  if (taken.has(name)) yield duplicate(here.field('name'), name)
  if (image === '') yield required(here.field('image'))
  if (targetContainerName !== '' && !targets.has(targetContainerName))
    yield notFoundValue(here.field('targetContainerName'), targetContainerName)
  for (const field of foreignFields)
    if (field === 'resources' ? hasResources(container) : container[field] !== undefined)
      yield forbiddenField(here.field(field), 'cannot be set for an Ephemeral Container')
}

function hasResources({ resources }: EphemeralContainer): boolean {
  return Object.keys({ ...resources?.limits, ...resources?.requests }).length > 0
}
