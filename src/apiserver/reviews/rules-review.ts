/** "What may I do here?": the rules of the one who asks, for user interfaces. */
import type { SelfSubjectRulesReview } from '#kinds/authorization/types.gen'
import { badRequest } from '#meta/status'
import { nodeNameOf } from '../authz/node/node-identity.ts'
import { rulesFor } from '../authz/rbac/rbac.ts'
import type { RbacIndex } from '../authz/rbac/rbac-index.ts'
import type { ReviewContext } from './review.ts'

/** Without an index (no RBAC in use) nothing can be listed. */
export function reviewOwnRules(
  review: SelfSubjectRulesReview,
  index: RbacIndex | undefined,
  { user }: ReviewContext,
): SelfSubjectRulesReview {
  const { namespace = '' } = review.spec
  if (namespace === '') throw badRequest('no namespace on request')
  const { rules, errors } = index === undefined ? { rules: [], errors: [] } : rulesFor(index, user, namespace)
  const faults = [...(nodeNameOf(user) === undefined ? [] : ['node authorizer does not support user rule resolution']), ...errors]
  const { apiVersion, kind } = review
  // As upstream: the answer is a new object, which nobody owns.
  return {
    apiVersion,
    kind,
    metadata: {},
    spec: {},
    status: {
      resourceRules: rules.flatMap(({ verbs, apiGroups, resources = [], resourceNames }) =>
        resources.length === 0 ? [] : [{ verbs, apiGroups, resources, resourceNames }],
      ),
      nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs = [] }) =>
        nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }],
      ),
      incomplete: faults.length > 0 || index === undefined,
      ...(faults.length === 0 ? {} : { evaluationError: faults.join(', ') }),
    },
  }
}
