/** What a validating admission policy may say (upstream: ValidateValidatingAdmissionPolicy). Its expressions are not compiled here. */
import { duplicate, type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validateConditions } from '../conditions-validation.ts'
import { internalForm } from '../shown/internal-form.ts'
import { validateMatchConditions, validateMatchConstraints } from './match-validation.ts'
import { validateParamKind, validateVariables } from './policy-validation.ts'
import * as schemas from './schema.gen.ts'
import type { AuditAnnotation, ValidatingAdmissionPolicy, Validation } from './types.gen.ts'
import { failurePolicies, validateChoice } from './webhook-validation.ts'

const at = FieldPath.of('spec')
const annotationCountMax = 20
const annotationExpressionBytesMax = 5 * 1024

export function* validatePolicy({ metadata, spec }: ValidatingAdmissionPolicy): FieldErrors {
  const { validations = [], auditAnnotations = [] } = spec
  yield* validateChoice(spec.failurePolicy, failurePolicies, at.field('failurePolicy'))
  yield* validateParamKind(spec.paramKind, at.field('paramKind'))
  yield* validateMatchConstraints(spec.matchConstraints, at.field('matchConstraints'))
  yield* validateMatchConditions(spec.matchConditions, at.field('matchConditions'))
  yield* validateVariables(spec.variables, at.field('variables'))
  if (validations.length + auditAnnotations.length === 0) {
    for (const field of ['validations', 'auditAnnotations'])
      yield required(at.field(field), 'validations or auditAnnotations must contain at least one item')
    return
  }
  for (const [index, validation] of validations.entries()) yield* validateValidation(validation, at.field('validations').index(index))
  yield* validateAuditAnnotations(auditAnnotations, metadata.name ?? '')
}

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']

function* validateValidation({ expression = '', message = '', messageExpression = '', reason }: Validation, at: FieldPath): FieldErrors {
  if (expression.trim() === '') yield required(at.field('expression'), 'expression is not specified')
  if (messageExpression !== '' && messageExpression.trim() === '')
    yield invalid(at.field('messageExpression'), messageExpression, 'must be non-empty if specified')
  if (message !== '' && message.trim() === '') yield invalid(at.field('message'), message, 'must be non-empty if specified')
  else if (/[\r\n]/.test(message.trim())) yield invalid(at.field('message'), message, 'must not contain line breaks')
  yield* validateChoice(reason, reasons, at.field('reason'))
}

function* validateAuditAnnotations(annotations: readonly AuditAnnotation[], policyName: string): FieldErrors {
  const here = at.field('auditAnnotations')
  const keys = new Set<string>()
  if (annotations.length > annotationCountMax) {
    const shown = annotations.map((annotation) => internalForm(schemas.AuditAnnotation, annotation))
    yield invalid(here, shown, `must not have more than ${annotationCountMax} auditAnnotations`)
  }
  for (const [index, { key = '', valueExpression = '' }] of annotations.entries()) {
    const fullKey = `${policyName}/${key}`
    yield* invalidEach(here.index(index).field('key'), fullKey, isQualifiedName(fullKey))
    yield* validateValueExpression(valueExpression.trim(), here.index(index).field('valueExpression'))
    if (keys.has(key)) yield duplicate(here.index(index).field('key'), key)
    keys.add(key)
  }
}

function* validateValueExpression(expression: string, at: FieldPath): FieldErrors {
  if (expression === '') yield required(at, 'valueExpression is not specified')
  // As upstream, which calls it missing.
  else if (expression.length > annotationExpressionBytesMax)
    yield required(at, `must not exceed ${annotationExpressionBytesMax} bytes in length`)
}

export function* validatePolicyStatus({ status }: ValidatingAdmissionPolicy): FieldErrors {
  const warnings = FieldPath.of('status', 'typeChecking', 'expressionWarnings')
  for (const [index, { fieldRef = '', warning = '' }] of (status?.typeChecking?.expressionWarnings ?? []).entries()) {
    if (warning === '') yield required(warnings.index(index).field('warning'))
    if (fieldRef === '') yield required(warnings.index(index).field('fieldRef'))
  }
  yield* validateConditions(status?.conditions, FieldPath.of('status', 'conditions'))
}
