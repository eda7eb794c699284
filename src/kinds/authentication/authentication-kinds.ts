/** Questions about who somebody is: answered at once, never stored. */
import { type FieldErrors, FieldPath, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

const isQuestion = { apiVersion: 'authentication.k8s.io/v1', verbs: ['create'], isVirtual: true } as const

export type TokenReview = types.TokenReview
/** Whose token is it? */
export const TokenReview: Kind<TokenReview> = defineKind({
  ...isQuestion,
  kind: 'TokenReview',
  plural: 'tokenreviews',
  scope: 'Cluster',
  schema: schemas.TokenReview,
  validate: function* validateTokenReview({ spec }): FieldErrors {
    if (!spec.token) yield required(FieldPath.of('spec', 'token'))
  },
})

export type SelfSubjectReview = types.SelfSubjectReview
/** Who am I? */
export const SelfSubjectReview: Kind<SelfSubjectReview> = defineKind({
  ...isQuestion,
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  scope: 'Cluster',
  schema: schemas.SelfSubjectReview,
})

export const authenticationKinds: readonly Kind[] = [SelfSubjectReview, TokenReview]
