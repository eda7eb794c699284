/** Which rules a write of a pod follows: those of the object, or of the subresource that the request names. */
import type { FieldErrors } from '#meta/field-path'
import type { RequestFacts, UpdateRules } from '#meta/kind'
import type { Pod } from '../types.gen.ts'
import { prepareEphemeralContainers, validateEphemeralContainers } from './ephemeral-containers.ts'
import { preparePodUpdate } from './pod-strategy.ts'
import { validatePodUpdate } from './pod-update-validation.ts'
import { prepareResize, validateResize } from './resize.ts'

export const podUpdateRules: UpdateRules<Pod> = { prepare, validate }

function prepare(next: Pod, old: Pod, facts: RequestFacts): Pod {
  switch (facts.subresource) {
    case 'ephemeralcontainers':
      return prepareEphemeralContainers(next, old)
    case 'resize':
      return prepareResize(next, old)
    default:
      return preparePodUpdate(next, old)
  }
}

function validate(next: Pod, old: Pod, facts: RequestFacts): FieldErrors {
  switch (facts.subresource) {
    case 'ephemeralcontainers':
      return validateEphemeralContainers(next, old)
    case 'resize':
      return validateResize(next, old)
    default:
      return validatePodUpdate(next, old)
  }
}
