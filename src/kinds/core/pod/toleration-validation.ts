/** Which taints a pod bears (upstream: ValidateTolerations). */
import { type FieldErrors, type FieldPath, invalid, notSupported } from '#meta/field-path'
import { isLabelValue, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { taintEffects } from '../taint-effects.ts'
import type { Toleration } from '../types.gen.ts'

export function* validateTolerations(tolerations: readonly Toleration[], at: FieldPath): FieldErrors {
  for (const [index, toleration] of tolerations.entries()) yield* validateToleration(toleration, at.index(index))
}

function* validateToleration(
  { key = '', operator = '', value = '', effect = '', tolerationSeconds }: Toleration,
  at: FieldPath,
): FieldErrors {
  if (key !== '') yield* invalidEach(at.field('key'), key, isQualifiedName(key))
  if (key === '' && operator !== 'Exists')
    yield invalid(
      at.field('operator'),
      operator,
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    )
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    yield invalid(at.field('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
  switch (operator) {
    case 'Equal':
    case '':
      yield* invalidEach(at.field('operator'), value, isLabelValue(value))
      break
    case 'Exists':
      if (value !== '') yield invalid(at.field('operator'), value, "value must be empty when `operator` is 'Exists'")
      break
    // As upstream: comparing operators are a feature that is off, and named only to those who try them.
    case 'Lt':
    case 'Gt':
      yield notSupported(at.field('operator'), operator, ['Equal', 'Exists', 'Lt', 'Gt'])
      break
    default:
      yield notSupported(at.field('operator'), operator, ['Equal', 'Exists'])
  }
  if (effect !== '' && !taintEffects.includes(effect)) yield notSupported(at.field('effect'), effect, taintEffects)
}
