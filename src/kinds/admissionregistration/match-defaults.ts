/** Which requests policies look at: what is left out means everything. */
import type { MatchResources } from './types.gen.ts'

export function defaultMatch(match: MatchResources): MatchResources {
  const withScope = (rules: MatchResources['resourceRules']) => rules?.map((rule) => ({ scope: '*', ...rule }))
  return {
    namespaceSelector: {},
    objectSelector: {},
    matchPolicy: 'Equivalent',
    ...match,
    ...(match.resourceRules === undefined ? {} : { resourceRules: withScope(match.resourceRules) }),
    ...(match.excludeResourceRules === undefined ? {} : { excludeResourceRules: withScope(match.excludeResourceRules) }),
  }
}
