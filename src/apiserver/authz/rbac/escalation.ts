/**
 * Nobody gives away more than he has: writing a role needs all of its rules (or the verb `escalate`), writing a
 * binding needs all rules of its role (or the verb `bind`).
 */
import type { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import type { PolicyRule, RoleRef } from '#kinds/rbac/types.gen'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { forbidden, notFound } from '#meta/status'
import type { UserInfo } from '../../exchange.ts'
import type { AccessQuestion, Authorizer } from '../authorizer.ts'
import { rulesFor } from './rbac.ts'
import type { RbacIndex } from './rbac-index.ts'
import { uncovered } from './rules.ts'

export type EscalationDeps = { readonly index: RbacIndex; readonly authorizer: Authorizer }

/** A write of a role or binding by a user. */
export type PolicyWrite<T extends KubeObject> = {
  readonly kind: Kind<T>
  readonly object: T
  readonly old: T | undefined
  readonly user: UserInfo
}

type AnyRole = KubeObject & Pick<ClusterRole, 'rules' | 'aggregationRule'>
type AnyBinding = KubeObject & { readonly roleRef: RoleRef }

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** Throws Forbidden when the role holds what its writer does not. */
export async function checkRoleWrite(write: PolicyWrite<AnyRole>, deps: EscalationDeps): Promise<void> {
  const { kind, object: role, old, user } = write
  if (isMaster(user) || (old !== undefined && isSame(policyOf(role), policyOf(old)))) return
  const { name = '', namespace = '' } = role.metadata
  if (await isAllowed(deps.authorizer, roleQuestion(user, 'escalate', kind.plural, namespace, name))) return
  refuseMissing(kind, name, user, role.rules ?? [], namespace, deps.index)
  if (role.aggregationRule !== undefined && uncovered(rulesFor(deps.index, user, '').rules, everything).length > 0) {
    throw forbidden(kind, name, 'must have cluster-admin privileges to use the aggregationRule')
  }
}

/** Throws Forbidden when the binding's role holds what its writer does not, NotFound when there is no such role. */
export async function checkBindingWrite(write: PolicyWrite<AnyBinding>, deps: EscalationDeps): Promise<void> {
  const { kind, object: binding, old, user } = write
  if (isMaster(user) || (old !== undefined && isSame(grantOf(binding), grantOf(old)))) return
  const { name = '', namespace = '' } = binding.metadata
  const { roleRef } = binding
  const plural = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles'
  if (await isAllowed(deps.authorizer, roleQuestion(user, 'bind', plural, namespace, roleRef.name))) return
  const rules = deps.index.rulesOf(roleRef, namespace)
  if (rules === undefined) throw notFound({ group: kind.group, plural: roleRef.kind.toLowerCase() }, roleRef.name)
  refuseMissing(kind, name, user, rules, namespace, deps.index)
}

function refuseMissing<T extends KubeObject>(
  kind: Kind<T>,
  name: string,
  user: UserInfo,
  rules: readonly PolicyRule[],
  namespace: string,
  index: RbacIndex,
): void {
  const owned = rulesFor(index, user, namespace)
  const missing = uncovered(owned.rules, rules)
  if (missing.length === 0) return
  const errors = owned.errors.length === 0 ? '' : `; resolution errors: [${owned.errors.join(', ')}]`
  const who = `user ${JSON.stringify(user.name)} (groups=${quotedList(user.groups)})`
  const what = [...new Set(compacted(missing).map(ruleText))].sort().join('\n')
  throw forbidden(kind, name, `${who} is attempting to grant RBAC permissions not currently held:\n${what}${errors}`)
}

function isMaster({ groups }: UserInfo): boolean {
  return groups.includes('system:masters')
}

/** What of a role decides on its power. */
function policyOf({ rules, aggregationRule }: AnyRole): unknown {
  return [rules ?? [], aggregationRule ?? null]
}

function grantOf(binding: AnyBinding & { readonly subjects?: unknown }): unknown {
  return [binding.roleRef, binding.subjects ?? []]
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function roleQuestion(user: UserInfo, verb: string, resource: string, namespace: string, name: string): AccessQuestion {
  return { user, verb, resource: { group: 'rbac.authorization.k8s.io', version: 'v1', resource, subresource: '', namespace, name } }
}

async function isAllowed(authorizer: Authorizer, question: AccessQuestion): Promise<boolean> {
  return (await authorizer.decide(question)).verdict === 'allow'
}

/** Rules for one resource that differ only in their verb, as one: the reader wants a short list. */
function compacted(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const byTarget = new Map<string, PolicyRule>()
  for (const rule of rules) {
    const { verbs, ...target } = rule
    const key = JSON.stringify(target)
    byTarget.set(key, { ...target, verbs: [...(byTarget.get(key)?.verbs ?? []), ...verbs] })
  }
  return [...byTarget.values()]
}

function ruleText({ apiGroups = [], resources = [], nonResourceURLs = [], resourceNames = [], verbs }: PolicyRule): string {
  const fields = {
    APIGroups: apiGroups,
    Resources: resources,
    NonResourceURLs: nonResourceURLs,
    ResourceNames: resourceNames,
    Verbs: verbs,
  }
  const shown = Object.entries(fields).filter(([, list]) => list.length > 0)
  return `{${shown.map(([field, list]) => `${field}:${quotedList(list)}`).join(', ')}}`
}

function quotedList(list: readonly string[]): string {
  return `[${list.map((text) => JSON.stringify(text)).join(' ')}]`
}
