/** What a StorageClass has to keep; but for growth and mount options it never changes (upstream: ValidateStorageClass). */
import { duplicate, type FieldErrors, FieldPath, immutable, notSupported, required } from '#meta/field-path'
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
}

function* validateTopologies(terms: readonly TopologySelectorTerm[], at: FieldPath): FieldErrors {
  // As upstream, whose list of what was seen begins with as many empty terms as there are.
  const seen = terms.map(() => '')
  for (const [index, { matchLabelExpressions = [] }] of terms.entries()) {
    const here = at.index(index).field('matchLabelExpressions')
    yield* validateExpressions(matchLabelExpressions, here)
    const text = canonicalText(matchLabelExpressions)
    for (const other of seen) if (other === text) yield duplicate(here, '')
    seen.push(text)
  }
}

type LabelRequirements = NonNullable<TopologySelectorTerm['matchLabelExpressions']>

function* validateExpressions(expressions: LabelRequirements, at: FieldPath): FieldErrors {
  const keys = new Set<string>()
  for (const [index, { key, values = [] }] of expressions.entries()) {
    const here = at.index(index)
    if (values.length === 0) yield required(here.field('values'))
    for (const [position, value] of values.entries())
      if (values.indexOf(value) < position) yield duplicate(here.field('values').index(position), value)
    yield* invalidEach(here.field('key'), key, isQualifiedName(key))
    if (keys.has(key)) yield duplicate(here.field('key'), key)
    keys.add(key)
  }
}

/** The same text for terms that ask for the same, in whatever order. */
function canonicalText(expressions: LabelRequirements): string {
  const texts = expressions.map(({ key, values = [] }) => JSON.stringify([key, ...values.toSorted()]))
  return texts.toSorted().join()
}
