/** Role-based access control: what no rule of the user's roles allows is left to others, and in the end refused. */
import type { ClusterRoleBinding } from '#kinds/rbac/cluster-role-binding.kind'
import type { RoleBinding } from '#kinds/rbac/role-binding.kind'
import type { PolicyRule, RoleRef, Subject } from '#kinds/rbac/types.gen'
import type { UserInfo } from '../../exchange.ts'
import { type AccessQuestion, type Authorizer, allow, type Decision, noOpinion } from '../authorizer.ts'
import type { BindingOfUser, RbacIndex } from './rbac-index.ts'
import { rulesAllow } from './rules.ts'

export function rbacAuthorizer(index: RbacIndex): Authorizer {
  return { name: 'RBAC', decide: (question) => decide(index, question) }
}

function decide(index: RbacIndex, question: AccessQuestion): Decision {
  const missing: string[] = []
  for (const grant of grantsOf(index, question.user, question.resource?.namespace ?? '')) {
    if (grant.rules === undefined) missing.push(missingText(grant.roleRef))
    else if (rulesAllow(grant.rules, question)) return allow(`RBAC: allowed by ${grant.source()}`)
  }
  if (missing.length === 0) return noOpinion()
  const distinct = [...new Set(missing)]
  return noOpinion(`RBAC: ${distinct.length === 1 ? distinct[0] : `[${distinct.join(', ')}]`}`)
}

/** What one binding gives a user. */
export type Grant = {
  readonly roleRef: RoleRef
  /** Undefined where the role does not exist. */
  readonly rules: readonly PolicyRule[] | undefined
  /** The binding in words. */
  readonly source: () => string
}

/** All that a user has been granted: in the cluster, and in `namespace` unless it is empty. */
function* grantsOf(index: RbacIndex, user: UserInfo, namespace: string): Generator<Grant, void> {
  for (const { binding, subject } of index.clusterBindingsOf(user)) {
    yield { roleRef: binding.roleRef, rules: index.rulesOf(binding.roleRef, ''), source: () => clusterSource(binding, subject) }
  }
  if (namespace === '') return
  for (const { binding, subject } of index.bindingsOf(user, namespace)) {
    yield {
      roleRef: binding.roleRef,
      rules: index.rulesOf(binding.roleRef, namespace),
      source: () => namespacedSource({ binding, subject }),
    }
  }
}

/** The rules of all grants; `errors` name the roles that are missing. */
export function rulesFor(
  index: RbacIndex,
  user: UserInfo,
  namespace: string,
): { readonly rules: readonly PolicyRule[]; readonly errors: readonly string[] } {
  const grants = [...grantsOf(index, user, namespace)]
  return {
    rules: grants.flatMap((grant) => grant.rules ?? []),
    errors: grants.flatMap((grant) => (grant.rules === undefined ? [missingText(grant.roleRef)] : [])),
  }
}

function missingText({ kind, name }: RoleRef): string {
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`
}

function clusterSource({ metadata, roleRef }: ClusterRoleBinding, subject: Subject): string {
  return `ClusterRoleBinding ${JSON.stringify(metadata.name)} of ${roleText(roleRef)} to ${subjectText(subject, '')}`
}

function namespacedSource({ binding: { metadata, roleRef }, subject }: BindingOfUser<RoleBinding>): string {
  const { name, namespace = '' } = metadata
  return `RoleBinding ${JSON.stringify(`${name}/${namespace}`)} of ${roleText(roleRef)} to ${subjectText(subject, namespace)}`
}

function roleText({ kind, name }: RoleRef): string {
  return `${kind} ${JSON.stringify(name)}`
}

function subjectText({ kind, name, namespace }: Subject, home: string): string {
  const shown = kind === 'ServiceAccount' ? `${name}/${namespace || home}` : name
  return `${kind} ${JSON.stringify(shown)}`
}
