/**
 * What a start does to bootstrap roles and bindings that exist already: it restores what is missing, keeps what
 * was added, and leaves alone what is marked `autoupdate: false`. Pure.
 */
import type { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import type { PolicyRule, RoleRef, Subject } from '#kinds/rbac/types.gen'
import { type KubeObject, withMeta } from '#meta/object'
import { uncovered } from '../authz/rbac/rules.ts'
import { autoUpdateAnnotation } from './policy-objects.ts'

type AnyRole = KubeObject & Pick<ClusterRole, 'rules' | 'aggregationRule'>
type AnyBinding = KubeObject & { readonly subjects?: readonly Subject[]; readonly roleRef: RoleRef }

/** The role to write; undefined where the found one will do. */
export function reconciledRole<R extends AnyRole>(wanted: R, found: R): R | undefined {
  if (isFrozen(found)) return undefined
  const labelled = withMissingMeta(wanted, found)
  const rules = [...(found.rules ?? []), ...missingRules(wanted, found)]
  const hasRules = rules.length === (found.rules?.length ?? 0)
  const aggregationRule = found.aggregationRule ?? wanted.aggregationRule
  if (hasRules && labelled === undefined && aggregationRule === found.aggregationRule) return undefined
  return { ...(labelled ?? found), ...(rules.length === 0 ? {} : { rules }), ...(aggregationRule && { aggregationRule }) }
}

/** The rules of a gathered role belong to the controller that gathers them. */
function missingRules(wanted: AnyRole, found: AnyRole): readonly PolicyRule[] {
  const owned = found.rules ?? []
  return wanted.aggregationRule === undefined ? (wanted.rules ?? []).filter((rule) => uncovered(owned, [rule]).length > 0) : []
}

export type BindingPlan<B> = { readonly kind: 'update'; readonly binding: B } | { readonly kind: 'replace' }

/** What to do with a binding; a role reference cannot be changed, so that one is made anew. */
export function bindingPlan<B extends AnyBinding>(wanted: B, found: B): BindingPlan<B> | undefined {
  if (isFrozen(found)) return undefined
  if (wanted.roleRef.kind !== found.roleRef.kind || wanted.roleRef.name !== found.roleRef.name) return { kind: 'replace' }
  const missing = (wanted.subjects ?? []).filter((subject) => !found.subjects?.some((other) => isSameSubject(subject, other)))
  const labelled = withMissingMeta(wanted, found)
  if (missing.length === 0 && labelled === undefined) return undefined
  return { kind: 'update', binding: { ...(labelled ?? found), subjects: [...(found.subjects ?? []), ...missing] } }
}

function isFrozen({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[autoUpdateAnnotation] === 'false'
}

function withMissingMeta<T extends KubeObject>(wanted: T, found: T): T | undefined {
  const labels = { ...wanted.metadata.labels, ...found.metadata.labels }
  const annotations = { ...wanted.metadata.annotations, ...found.metadata.annotations }
  const isComplete =
    Object.keys(labels).length === Object.keys(found.metadata.labels ?? {}).length &&
    Object.keys(annotations).length === Object.keys(found.metadata.annotations ?? {}).length
  return isComplete ? undefined : withMeta(found, { labels, annotations })
}

function isSameSubject(one: Subject, other: Subject): boolean {
  return one.kind === other.kind && one.name === other.name && (one.namespace ?? '') === (other.namespace ?? '')
}
