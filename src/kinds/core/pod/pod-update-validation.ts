/** What may change in a pod that exists (upstream: ValidatePodUpdate). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, required } from '#meta/field-path'
import { betweenMessage } from '#meta/names'
import { isSameValue } from '../../same-value.ts'
import { valueDiff } from '../../shown/value-diff.ts'
import * as schemas from '../schema.gen.ts'
import type { Container, Pod, PodSpec, Toleration } from '../types.gen.ts'
import { validateImageText } from './container-validation.ts'
import { validateGatedUpdate, withOldNodeChoice } from './gated-pod-validation.ts'
import { validateTolerations } from './toleration-validation.ts'

const spec = FieldPath.of('spec')
const int32Max = 2_147_483_647

const mutableFieldsMessage =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

export function* validatePodUpdate(next: Pod, old: Pod): FieldErrors {
  for (const field of ['containers', 'initContainers'] as const) {
    const at = spec.field(field)
    if ((next.spec[field] ?? []).length !== (old.spec[field] ?? []).length)
      return yield forbiddenField(at, 'pod updates may not add or remove containers')
    for (const [index, container] of (next.spec[field] ?? []).entries()) {
      if (!container.image) yield required(at.index(index).field('image'))
      else yield* validateImageText(container, at.index(index))
    }
  }
  const late = [...validateDeadline(next.spec, old.spec)]
  yield* late
  // As upstream, which looks no further.
  if (late.length > 0 && next.spec.activeDeadlineSeconds !== undefined) return
  yield* validateAddedTolerations(next.spec.tolerations ?? [], old.spec.tolerations ?? [])
  yield* validateRemovedGates(next.spec, old.spec)
  yield* validateGatedUpdate(next.spec, old.spec)
  const rest = withOldMutableFields(next.spec, old.spec)
  if (!isSameValue(rest, old.spec)) yield forbiddenField(spec, `${mutableFieldsMessage}\n${valueDiff(schemas.PodSpec, old.spec, rest)}`)
}

function* validateDeadline({ activeDeadlineSeconds: next }: PodSpec, { activeDeadlineSeconds: old }: PodSpec): FieldErrors {
  const at = spec.field('activeDeadlineSeconds')
  if (next === undefined) {
    if (old !== undefined) yield invalid(at, null, 'must not update from a positive integer to nil value')
  } else if (next < 0 || next > int32Max) yield invalid(at, next, betweenMessage(0, int32Max))
  else if (old !== undefined && next > old) yield invalid(at, next, 'must be less than or equal to previous value')
}

/** Old tolerations stay, but for their seconds. */
function* validateAddedTolerations(next: readonly Toleration[], old: readonly Toleration[]): FieldErrors {
  const bare = ({ tolerationSeconds: _, ...toleration }: Toleration) => toleration
  const isKept = old.every((one) => next.some((other) => isSameValue(bare(one), bare(other))))
  const at = spec.field('tolerations')
  if (!isKept) yield forbiddenField(at, 'existing toleration can not be modified except its tolerationSeconds')
  // As upstream: they are checked once more.
  else yield* validateTolerations(next, at)
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
    ...(isGated ? withOldNodeChoice(next, old) : {}),
  }
}

function withOldImages(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((container, index) => ({ ...container, image: old[index]?.image }))
}
