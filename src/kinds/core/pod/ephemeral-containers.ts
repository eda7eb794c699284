/** Debugging containers: added to a running pod through the subresource `ephemeralcontainers`, and never taken away (upstream: ValidatePodEphemeralContainersUpdate). */
import { type FieldErrors, FieldPath, forbiddenField } from '#meta/field-path'
import { isSameValue } from '../../same-value.ts'
import { valueDiff } from '../../shown/value-diff.ts'
import * as schemas from '../schema.gen.ts'
import type { Pod } from '../types.gen.ts'
import { validatePod } from './pod-validation.ts'

const at = FieldPath.of('spec', 'ephemeralContainers')

export function prepareEphemeralContainers(next: Pod, old: Pod): Pod {
  return { ...next, spec: { ...old.spec, ephemeralContainers: next.spec.ephemeralContainers }, status: old.status }
}

export function* validateEphemeralContainers(next: Pod, old: Pod): FieldErrors {
  yield* validatePod(next)
  const containers = next.spec.ephemeralContainers ?? []
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = containers.find((container) => container.name === before.name)
    if (now === undefined) yield forbiddenField(at, `existing ephemeral containers ${JSON.stringify(before.name)} may not be removed\n`)
    else if (!isSameValue(now, before))
      yield forbiddenField(
        at,
        `existing ephemeral containers ${JSON.stringify(before.name)} may not be changed\n${valueDiff(schemas.EphemeralContainer, before, now)}`,
      )
  }
}
