/** What may change in a pod that exists (upstream: ValidatePodUpdate). */
import { type FieldErrors, FieldPath, forbiddenField, invalid } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { isSameValue } from '../../same-value.ts'
import type { Container, Pod, PodSpec, Toleration } from '../types.gen.ts'

const spec = FieldPath.of('spec')

const mutableFieldsMessage =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

export function* validatePodUpdate(next: Pod, old: Pod): FieldErrors {
  for (const field of ['containers', 'initContainers'] as const) {
    if ((next.spec[field] ?? []).length !== (old.spec[field] ?? []).length) {
      return yield forbiddenField(
        spec.field(field),
        `pod updates may not add or remove ${field === 'containers' ? 'containers' : 'init containers'}`,
      )
    }
  }
  yield* validateDeadline(next.spec, old.spec)
  yield* validateAddedTolerations(next.spec.tolerations ?? [], old.spec.tolerations ?? [])
  yield* validateRemovedGates(next.spec, old.spec)
  if (!isSameValue(withOldMutableFields(next.spec, old.spec), old.spec)) yield forbiddenField(spec, mutableFieldsMessage)
}

export function* validatePodStatusUpdate({ status }: Pod): FieldErrors {
  const name = status.nominatedNodeName
  if (name) yield* invalidEach(FieldPath.of('status', 'nominatedNodeName'), name, isDns1123Subdomain(name))
}

function* validateDeadline({ activeDeadlineSeconds: next }: PodSpec, { activeDeadlineSeconds: old }: PodSpec): FieldErrors {
  if (old === undefined) return
  const at = spec.field('activeDeadlineSeconds')
  if (next === undefined) yield invalid(at, null, 'must not update from a positive integer to nil value')
  else if (next > old) yield invalid(at, next, 'must be less than or equal to previous value')
}

/** Old tolerations stay, but for their seconds. */
function* validateAddedTolerations(next: readonly Toleration[], old: readonly Toleration[]): FieldErrors {
  const bare = ({ tolerationSeconds: _, ...toleration }: Toleration) => toleration
  const isKept = old.every((one) => next.some((other) => isSameValue(bare(one), bare(other))))
  if (!isKept) yield forbiddenField(spec.field('tolerations'), 'existing toleration can not be modified except its tolerationSeconds')
}

function* validateRemovedGates({ schedulingGates: next = [] }: PodSpec, { schedulingGates: old = [] }: PodSpec): FieldErrors {
  for (const [index, { name }] of next.entries()) {
    if (old.some((gate) => gate.name === name)) continue
    yield forbiddenField(
      spec.field('schedulingGates').index(index).field('name'),
      `only deletion is allowed, but found new scheduling gate '${name}'`,
    )
  }
}

/** `next` with all that may change put back: what still differs may not. */
function withOldMutableFields(next: PodSpec, old: PodSpec): PodSpec {
  const allowsGrace = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1
  const isGated = (old.schedulingGates ?? []).length > 0
  return {
    ...next,
    containers: withOldImages(next.containers, old.containers),
    ...(next.initContainers === undefined ? {} : { initContainers: withOldImages(next.initContainers, old.initContainers ?? []) }),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    ...(allowsGrace ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
    ...(isGated && narrowsNodes(next, old) ? { nodeSelector: old.nodeSelector } : {}),
  }
}

function withOldImages(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((container, index) => ({ ...container, image: old[index]?.image }))
}

/** A gated pod may still ask for fewer nodes. */
function narrowsNodes({ nodeSelector: next = {} }: PodSpec, { nodeSelector: old = {} }: PodSpec): boolean {
  return Object.entries(old).every(([key, value]) => next[key] === value)
}
