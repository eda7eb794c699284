/** Questions about who may do what: answered at once, never stored. */
import { type FieldErrors, FieldPath, invalid } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

const isQuestion = { apiVersion: 'authorization.k8s.io/v1', verbs: ['create'], isVirtual: true } as const

export type SubjectAccessReview = types.SubjectAccessReview
/** May somebody do this? */
export const SubjectAccessReview: Kind<SubjectAccessReview> = defineKind({
  ...isQuestion,
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  scope: 'Cluster',
  schema: schemas.SubjectAccessReview,
  validate: ({ spec }): FieldErrors => validateSubjectQuestion(spec),
})

export type LocalSubjectAccessReview = types.LocalSubjectAccessReview
/** May somebody do this in one namespace? */
export const LocalSubjectAccessReview: Kind<LocalSubjectAccessReview> = defineKind({
  ...isQuestion,
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  scope: 'Namespaced',
  schema: schemas.LocalSubjectAccessReview,
  validate: validateLocalQuestion,
})

export type SelfSubjectAccessReview = types.SelfSubjectAccessReview
/** May I do this? */
export const SelfSubjectAccessReview: Kind<SelfSubjectAccessReview> = defineKind({
  ...isQuestion,
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  scope: 'Cluster',
  schema: schemas.SelfSubjectAccessReview,
  validate: ({ spec }): FieldErrors => validateAttributes(spec),
})

export type SelfSubjectRulesReview = types.SelfSubjectRulesReview
/** What may I do in a namespace? */
export const SelfSubjectRulesReview: Kind<SelfSubjectRulesReview> = defineKind({
  ...isQuestion,
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  scope: 'Cluster',
  schema: schemas.SelfSubjectRulesReview,
})

export const authorizationKinds: readonly Kind[] = [
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
]

const spec = FieldPath.of('spec')

type Question = Pick<types.SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>

function* validateAttributes({ resourceAttributes, nonResourceAttributes }: Question): FieldErrors {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    yield invalid(spec.field('nonResourceAttributes'), nonResourceAttributes, 'cannot be specified in combination with resourceAttributes')
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    yield invalid(spec.field('resourceAttributes'), null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')
  }
}

function* validateSubjectQuestion(question: types.SubjectAccessReviewSpec): FieldErrors {
  yield* validateAttributes(question)
  if (!question.user && (question.groups ?? []).length === 0)
    yield invalid(spec.field('user'), '', 'at least one of user or group must be specified')
}

function* validateLocalQuestion({ metadata, spec: question }: LocalSubjectAccessReview): FieldErrors {
  yield* validateSubjectQuestion(question)
  const asked = question.resourceAttributes?.namespace ?? ''
  if (question.resourceAttributes !== undefined && asked !== metadata.namespace) {
    yield invalid(spec.field('resourceAttributes').field('namespace'), asked, 'must match metadata.namespace')
  }
  if (question.nonResourceAttributes !== undefined) {
    yield invalid(spec.field('nonResourceAttributes'), question.nonResourceAttributes, 'disallowed on this kind of request')
  }
}
