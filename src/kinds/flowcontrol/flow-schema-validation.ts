/** What a flow schema may say (upstream: ValidateFlowSchema). */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import type { FlowSchema } from './flow-schema.kind.ts'
import { exempt, mandatoryFlowSchemas } from './mandatory-specs.ts'
import { validatePolicyRules } from './policy-rules-validation.ts'
import * as schemas from './schema.gen.ts'
import { validateConditions } from './status-validation.ts'
import type { FlowSchemaSpec } from './types.gen.ts'

const at = FieldPath.of('spec')
const precedenceMax = 10_000
const distinguishers = ['ByNamespace', 'ByUser']

export function* validateFlowSchema({ metadata: { name = '' }, spec, status }: FlowSchema): FieldErrors {
  yield* validatePrecedence(spec.matchingPrecedence ?? 0, name)
  const { distinguisherMethod: method, priorityLevelConfiguration: level } = spec
  if (method !== undefined && !distinguishers.includes(method.type))
    // As upstream, which shows the whole method.
    yield notSupported(at.field('distinguisherMethod').field('type'), { Type: method.type ?? '' }, distinguishers)
  const levelAt = at.field('priorityLevelConfiguration').field('name')
  if ((level?.name ?? '') === '') yield required(levelAt, 'must reference a priority level')
  else yield* invalidEach(levelAt, level.name, isDns1123Subdomain(level.name))
  for (const [index, rules] of (spec.rules ?? []).entries()) yield* validatePolicyRules(rules, at.field('rules').index(index))
  yield* validateMandatory(name, spec)
  yield* validateConditions(status.conditions)
}

function* validatePrecedence(precedence: number, name: string): FieldErrors {
  const here = at.field('matchingPrecedence')
  if (precedence <= 0) yield invalid(here, precedence, 'must be a positive value')
  if (precedence > precedenceMax) yield invalid(here, precedence, `must not be greater than ${precedenceMax}`)
  if (precedence === 1 && name !== exempt) yield invalid(here, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")
}

function* validateMandatory(name: string, spec: FlowSchemaSpec): FieldErrors {
  const wanted = mandatoryFlowSchemas.get(name)
  if (wanted !== undefined && !isSameValue(spec, wanted))
    yield invalid(at, internalForm(schemas.FlowSchemaSpec, spec), `spec of '${name}' must equal the fixed value`)
}
