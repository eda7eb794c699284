/** What a StorageClass has to keep; but for growth and mount options it never changes (upstream: ValidateStorageClass). */
import { duplicate, type FieldErrors, FieldPath, immutable, invalid, notSupported, required, tooLong } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import type { TopologySelectorTerm } from '../core/types.gen.ts'
import { validateParameters } from './parameters-validation.ts'
import type { StorageClass } from './types.gen.ts'

const parametersMax = 512
const bindingModes = ['Immediate', 'WaitForFirstConsumer']
const reclaimPolicies = ['Delete', 'Retain']

export function* validateStorageClass(storageClass: StorageClass): FieldErrors {
  const { provisioner = '', parameters, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = storageClass
  yield* validateProvisioner(provisioner, FieldPath.of('provisioner'))
  yield* validateParameters(parameters, { countMax: parametersMax, isRequired: false }, FieldPath.of('parameters'))
  if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy))
    yield notSupported(FieldPath.of('reclaimPolicy'), reclaimPolicy, reclaimPolicies)
  const bindingMode = FieldPath.of('volumeBindingMode')
  if (volumeBindingMode === undefined) yield required(bindingMode)
  else if (!bindingModes.includes(volumeBindingMode)) yield notSupported(bindingMode, volumeBindingMode, bindingModes)
  yield* validateTopologies(allowedTopologies, FieldPath.of('allowedTopologies'))
}

export function* validateStorageClassUpdate(next: StorageClass, old: StorageClass): FieldErrors {
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const) {
    yield* immutable(FieldPath.of(field), next[field], old[field])
  }
}

/** The name of whoever makes the volumes; letters count as small ones. */
export function* validateProvisioner(provisioner: string, at: FieldPath): FieldErrors {
  if (provisioner === '') return yield required(at)
  yield* invalidEach(at, provisioner.toLowerCase(), isQualifiedName(provisioner.toLowerCase()))
  if (provisioner.length > 253) yield tooLong(at, 253)
}

function* validateTopologies(terms: readonly TopologySelectorTerm[], at: FieldPath): FieldErrors {
  const seen = new Set<string>()
  for (const [index, { matchLabelExpressions = [] }] of terms.entries()) {
    const here = at.index(index)
    const keys = new Set<string>()
    for (const [position, { key, values = [] }] of matchLabelExpressions.entries()) {
      const expression = here.field('matchLabelExpressions').index(position)
      yield* invalidEach(expression.field('key'), key, isQualifiedName(key))
      if (values.length === 0) yield required(expression.field('values'))
      if (keys.has(key)) yield duplicate(expression.field('key'), key)
      keys.add(key)
      yield* validateDistinct(values, expression.field('values'))
    }
    const text = JSON.stringify(matchLabelExpressions)
    if (seen.has(text)) yield duplicate(here.field('matchLabelExpressions'), '')
    seen.add(text)
  }
}

function* validateDistinct(values: readonly string[], at: FieldPath): FieldErrors {
  for (const [index, value] of values.entries()) {
    if (value === '') yield invalid(at.index(index), value, 'must not be empty')
    if (values.indexOf(value) < index) yield duplicate(at.index(index), value)
  }
}
