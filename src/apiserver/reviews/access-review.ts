/** The three questions "may this user do that?": for anybody, for anybody within one namespace, for oneself. */
import type {
  LocalSubjectAccessReview,
  NonResourceAttributes,
  ResourceAttributes,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewStatus,
} from '#kinds/authorization/types.gen'
import { type FieldError, FieldPath, invalid } from '#meta/field-path'
import { invalidObject } from '#meta/status'
import type { AccessQuestion, Authorizer, Decision, SelectorRequirement } from '../authz/authorizer.ts'
import { requirementsOf } from '../authz/question.ts'
import type { UserInfo } from '../exchange.ts'
import type { ReviewContext } from './review.ts'

type Attributes = { readonly resourceAttributes?: ResourceAttributes; readonly nonResourceAttributes?: NonResourceAttributes }

export async function reviewSubjectAccess(
  review: SubjectAccessReview,
  authorizer: Authorizer,
  { signal }: ReviewContext,
): Promise<SubjectAccessReview> {
  refuse([...attributeErrors(review.spec), ...subjectErrors(review.spec)])
  return { ...review, status: await statusOf(subjectOf(review.spec), review.spec, authorizer, signal) }
}

export async function reviewLocalSubjectAccess(
  review: LocalSubjectAccessReview,
  authorizer: Authorizer,
  { signal, namespace }: ReviewContext,
): Promise<LocalSubjectAccessReview> {
  refuse([...attributeErrors(review.spec), ...subjectErrors(review.spec), ...localErrors(review.spec, namespace)])
  return { ...review, status: await statusOf(subjectOf(review.spec), review.spec, authorizer, signal) }
}

export async function reviewOwnAccess(
  review: SelfSubjectAccessReview,
  authorizer: Authorizer,
  { user, signal }: ReviewContext,
): Promise<SelfSubjectAccessReview> {
  refuse(attributeErrors(review.spec))
  return { ...review, status: await statusOf(user, review.spec, authorizer, signal) }
}

async function statusOf(
  user: UserInfo,
  attributes: Attributes,
  authorizer: Authorizer,
  signal: AbortSignal,
): Promise<SubjectAccessReviewStatus> {
  const decision: Decision = await authorizer.decide(questionOf(user, attributes), signal)
  return {
    allowed: decision.verdict === 'allow',
    ...(decision.verdict === 'deny' ? { denied: true } : {}),
    ...(decision.reason === '' ? {} : { reason: decision.reason }),
    ...evaluationErrorOf(attributes, decision),
  }
}

/** What was left out of the question, and why an authorizer failed. */
function evaluationErrorOf({ resourceAttributes }: Attributes, { error }: Decision): { readonly evaluationError?: string } {
  const selector = resourceAttributes?.fieldSelector
  const isLeftOut = (selector?.requirements ?? []).some(({ operator, values = [] }) => !isFieldOperator(operator) || values.length !== 1)
  const texts = [
    ...(isLeftOut ? ['spec.resourceAttributes.fieldSelector ignored due to parse error'] : []),
    ...(error === undefined ? [] : [error.message]),
  ]
  return texts.length === 0 ? {} : { evaluationError: texts.join(', ') }
}

function isFieldOperator(operator: string): operator is 'In' | 'NotIn' {
  return operator === 'In' || operator === 'NotIn'
}

function subjectOf({ user = '', groups = [], uid, extra }: SubjectAccessReview['spec']): UserInfo {
  return { name: user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) }
}

function questionOf(user: UserInfo, { resourceAttributes, nonResourceAttributes }: Attributes): AccessQuestion {
  if (resourceAttributes === undefined) return { user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' }
  const { verb = '', group = '', version = '', resource = '', subresource = '', namespace = '', name = '' } = resourceAttributes
  const fieldSelector = selectorOf(resourceAttributes)
  return { user, verb, resource: { group, version, resource, subresource, namespace, name, ...(fieldSelector && { fieldSelector }) } }
}

function selectorOf({ fieldSelector }: ResourceAttributes): readonly SelectorRequirement[] | undefined {
  if (fieldSelector?.rawSelector) return requirementsOf(fieldSelector.rawSelector)
  return fieldSelector?.requirements?.flatMap(({ key, operator, values = [] }) =>
    // As upstream: a field is one value or it is not; what else is asked is left out.
    isFieldOperator(operator) && values.length === 1 ? [{ key, operator, values }] : [],
  )
}

const spec = FieldPath.of('spec')

function attributeErrors({ resourceAttributes, nonResourceAttributes }: Attributes): readonly FieldError[] {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const at = spec.field('nonResourceAttributes')
    return [invalid(at, shownPath(nonResourceAttributes), 'cannot be specified in combination with resourceAttributes')]
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    return [invalid(spec.field('resourceAttributes'), null, detail)]
  }
  return resourceAttributes === undefined ? [] : selectorErrors(resourceAttributes)
}

function selectorErrors(attributes: ResourceAttributes): readonly FieldError[] {
  const at = spec.field('resourceAttributes')
  return (['fieldSelector', 'labelSelector'] as const).flatMap((field) => {
    const selector = attributes[field]
    if (selector === undefined) return []
    const { rawSelector = '', requirements = [] } = selector
    if (rawSelector === '' && requirements.length === 0) {
      return [
        invalid(
          at.field(field).field('requirements'),
          requirements,
          'when fieldSelector is specified, requirements or rawSelector is required',
        ),
      ]
    }
    if (rawSelector === '' || requirements.length === 0) return []
    return [invalid(at.field(field).field('rawSelector'), rawSelector, 'may not specified at the same time as requirements')]
  })
}

function subjectErrors({ user = '', groups = [] }: SubjectAccessReview['spec']): readonly FieldError[] {
  if (user !== '' || groups.length > 0) return []
  return [invalid(spec.field('user'), user, 'at least one of user or group must be specified')]
}

function localErrors({ resourceAttributes, nonResourceAttributes }: Attributes, namespace: string): readonly FieldError[] {
  const found = resourceAttributes?.namespace ?? ''
  return [
    ...(resourceAttributes !== undefined && found !== namespace
      ? [invalid(spec.field('resourceAttributes').field('namespace'), found, 'must match metadata.namespace')]
      : []),
    ...(nonResourceAttributes === undefined
      ? []
      : [invalid(spec.field('nonResourceAttributes'), shownPath(nonResourceAttributes), 'disallowed on this kind of request')]),
  ]
}

/** As upstream prints it: the fields of its own type. */
function shownPath({ path = '', verb = '' }: NonResourceAttributes): unknown {
  return { Path: path, Verb: verb }
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidObject({ group: 'authorization.k8s.io', kind: '' }, '', errors)
}
