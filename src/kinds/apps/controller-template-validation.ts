/** The pod template of a controller whose pods run for ever (upstream: ValidatePodTemplateSpecForReplicaSet). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { LabelSelectorError, matches, type Selector, selectorOf } from '#meta/labels'
import { validateAnnotations, validateLabels } from '#meta/object-meta-validation'
import type { LabelSelector } from '#meta/types.gen'
import { validatePodTemplate } from '../core/pod/pod-template-validation.ts'
import type { PodTemplateSpec } from '../core/types.gen.ts'

const at = FieldPath.of('spec', 'template')

export function* validateTemplateForController(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  owner = 'ReplicaSet',
): FieldErrors {
  const readable = readableSelector(selector)
  if (readable === undefined) {
    if (owner === 'ReplicaSet') return yield invalid(FieldPath.of('spec', 'selector'), selector, 'invalid label selector')
    if (owner === 'StatefulSet') return yield invalid(FieldPath.of('spec', 'selector'), selector, '')
  }
  if (template === undefined) return yield required(at)
  const { labels } = template.metadata ?? {}
  if (readable !== undefined && readable.length > 0 && !matches(readable, labels)) {
    yield invalid(at.field('metadata').field('labels'), labels, '`selector` does not match template `labels`')
  }
  yield* validatePodTemplate(template, at)
  // As upstream: told twice.
  if (owner === 'StatefulSet') {
    yield* validateLabels(labels, at.field('labels'))
    yield* validateAnnotations(template.metadata?.annotations, at.field('annotations'))
  }
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec ?? {}
  if (restartPolicy !== 'Always') yield notSupported(at.field('spec').field('restartPolicy'), restartPolicy, ['Always'])
  if (activeDeadlineSeconds !== undefined) {
    yield forbiddenField(at.field('spec').field('activeDeadlineSeconds'), `activeDeadlineSeconds in ${owner} is not Supported`)
  }
}

/** Undefined where the selector cannot be read; an absent one has been refused already. */
export function readableSelector(selector: LabelSelector | undefined): Selector | undefined {
  try {
    return selectorOf(selector)
  } catch (error) {
    if (error instanceof LabelSelectorError) return undefined
    throw error
  }
}
