/** All reviews by the resource that they are posted to. */

import type { Clock } from '#base/env/clock'
import type { SelfSubjectReview, TokenReview } from '#kinds/authentication/types.gen'
import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from '#kinds/authorization/types.gen'
import type { KubeObject } from '#meta/object'
import type { Authorizer } from '../authz/authorizer.ts'
import type { RbacIndex } from '../authz/rbac/rbac-index.ts'
import { reviewLocalSubjectAccess, reviewOwnAccess, reviewSubjectAccess } from './access-review.ts'
import { reviewSelf, reviewToken, type TokenReviewDeps } from './identity-review.ts'
import type { ReviewContext, ReviewHandler } from './review.ts'
import { reviewOwnRules } from './rules-review.ts'

export type ReviewDeps = TokenReviewDeps & { readonly clock: Clock; readonly authorizer: Authorizer; readonly index: RbacIndex | undefined }

/** By `PLURAL.GROUP`. */
export function reviewHandlers({ clock, authorizer, index, ...tokenDeps }: ReviewDeps): Readonly<Record<string, ReviewHandler>> {
  return {
    'subjectaccessreviews.authorization.k8s.io': handler<SubjectAccessReview>((review, context) =>
      reviewSubjectAccess(review, authorizer, context),
    ),
    'localsubjectaccessreviews.authorization.k8s.io': handler<LocalSubjectAccessReview>((review, context) =>
      reviewLocalSubjectAccess(review, authorizer, context),
    ),
    'selfsubjectaccessreviews.authorization.k8s.io': handler<SelfSubjectAccessReview>((review, context) =>
      reviewOwnAccess(review, authorizer, context),
    ),
    'selfsubjectrulesreviews.authorization.k8s.io': handler<SelfSubjectRulesReview>((review, context) =>
      reviewOwnRules(review, index, context),
    ),
    'tokenreviews.authentication.k8s.io': handler<TokenReview>((review, context) => reviewToken(review, tokenDeps, context)),
    'selfsubjectreviews.authentication.k8s.io': handler<SelfSubjectReview>((review, context) => reviewSelf(review, clock, context)),
  }
}

/** The registry has decoded the object by the schema of the kind that the handler is listed for. */
function handler<T extends KubeObject>(review: (object: T, context: ReviewContext) => T | Promise<T>): ReviewHandler {
  return (object, context) => review(object as T, context)
}
