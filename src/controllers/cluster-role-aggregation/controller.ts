/** Fills aggregated ClusterRoles (`admin`, `edit`, `view`, ...) with the rules of those that they select. */
import { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import { isSameValue } from '#kinds/same-value'
import { matches, selectorOrNothing } from '#meta/labels'
import { type Controller, type ControllerDeps, done, type Result, watching } from '#reconcile/controller'

export const clusterRoleAggregation: Controller<ClusterRole> = {
  name: 'clusterrole-aggregation-controller',
  for: ClusterRole,
  watches: [watching(ClusterRole, (_role, _old, { cache }) => cache(ClusterRole).list().filter(isAggregated).map(nameOf))],
  reconcile: aggregate,
}

async function aggregate({ cache, client }: ControllerDeps, role: ClusterRole, signal: AbortSignal): Promise<Result> {
  if (!isAggregated(role)) return done
  const rules = aggregatedRules(role, cache(ClusterRole).list())
  if (!isSameValue(rules, role.rules ?? [])) await client.update(ClusterRole, { ...role, rules }, {}, signal)
  return done
}

/** Rules of the selected roles, in the order of their names, each once. Pure. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): NonNullable<ClusterRole['rules']> {
  const rules: NonNullable<ClusterRole['rules']>[number][] = []
  for (const { matchLabels, matchExpressions } of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = selectorOrNothing({ matchLabels, matchExpressions })
    const selected = all.filter((other) => nameOf(other) !== nameOf(role) && matches(selector, other.metadata.labels))
    for (const rule of selected.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).flatMap((other) => other.rules ?? [])) {
      if (!rules.some((known) => isSameValue(known, rule))) rules.push(rule)
    }
  }
  return rules
}

function isAggregated(role: ClusterRole): boolean {
  return role.aggregationRule !== undefined
}

function nameOf(role: ClusterRole): string {
  return role.metadata.name ?? ''
}
