/**
 * Roles by name and bindings by subject, kept up to date change by change, so that a decision looks only at
 * the bindings of the user who asks.
 */
import { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import { ClusterRoleBinding } from '#kinds/rbac/cluster-role-binding.kind'
import { Role } from '#kinds/rbac/role.kind'
import { RoleBinding } from '#kinds/rbac/role-binding.kind'
import type { PolicyRule, RoleRef, Subject } from '#kinds/rbac/types.gen'
import type { KubeObject } from '#meta/object'
import type { UserInfo } from '../../exchange.ts'
import { serviceAccountOfUserName } from '../../tokens/claims.ts'
import type { Change, ChangeFeed } from '../change-feed.ts'

type AnyBinding = KubeObject & { readonly subjects?: readonly Subject[]; readonly roleRef: RoleRef }

/** A binding that names the user, and by which of its subjects. */
export type BindingOfUser<B extends AnyBinding> = { readonly binding: B; readonly subject: Subject }

export class RbacIndex {
  readonly #clusterRoles = new Map<string, ClusterRole>()
  /** By namespace, then by name: to make one key of both would cost more than the two steps. */
  readonly #roles = new Map<string, Map<string, Role>>()
  readonly #clusterBindings = new SubjectIndex<ClusterRoleBinding>()
  readonly #bindings = new Map<string, SubjectIndex<RoleBinding>>()

  /** Follows the four kinds until the stack is disposed. */
  follow(feed: ChangeFeed): Disposable {
    const stack = new DisposableStack()
    stack.use(feed.follow(ClusterRole, (change) => replace(this.#clusterRoles, change)))
    stack.use(feed.follow(Role, (change) => replace(this.#rolesIn(namespaceOf(change)), change)))
    stack.use(feed.follow(ClusterRoleBinding, (change) => this.#clusterBindings.replace(change)))
    stack.use(feed.follow(RoleBinding, (change) => this.#bindingsIn(namespaceOf(change)).replace(change)))
    return stack
  }

  clusterBindingsOf(user: UserInfo): Iterable<BindingOfUser<ClusterRoleBinding>> {
    return this.#clusterBindings.of(user)
  }

  bindingsOf(user: UserInfo, namespace: string): Iterable<BindingOfUser<RoleBinding>> {
    return this.#bindings.get(namespace)?.of(user) ?? []
  }

  /** The rules behind a reference; undefined where the role does not exist. */
  rulesOf(ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    const role = ref.kind === 'ClusterRole' ? this.#clusterRoles.get(ref.name) : this.#roles.get(namespace)?.get(ref.name)
    return role === undefined ? undefined : (role.rules ?? [])
  }

  #rolesIn(namespace: string): Map<string, Role> {
    let roles = this.#roles.get(namespace)
    if (roles === undefined) this.#roles.set(namespace, (roles = new Map()))
    return roles
  }

  #bindingsIn(namespace: string): SubjectIndex<RoleBinding> {
    let index = this.#bindings.get(namespace)
    if (index === undefined) {
      index = new SubjectIndex()
      this.#bindings.set(namespace, index)
    }
    return index
  }
}

/** Bindings by the subjects that they name. */
class SubjectIndex<B extends AnyBinding> {
  readonly #bySubject = new Map<string, Map<string, BindingOfUser<B>>>()

  replace({ old, next }: Change<B>): void {
    for (const subject of old?.subjects ?? []) this.#remove(old, subject)
    for (const subject of next?.subjects ?? []) this.#add(next, subject)
  }

  *of(user: UserInfo): Generator<BindingOfUser<B>, void> {
    for (const key of keysOfUser(user)) yield* this.#bySubject.get(key)?.values() ?? []
  }

  #add(binding: B | undefined, subject: Subject): void {
    if (binding === undefined) return
    const key = keyOfSubject(subject, binding)
    const entries = this.#bySubject.get(key) ?? new Map<string, BindingOfUser<B>>()
    entries.set(binding.metadata.name ?? '', { binding, subject })
    this.#bySubject.set(key, entries)
  }

  #remove(binding: B | undefined, subject: Subject): void {
    if (binding === undefined) return
    const key = keyOfSubject(subject, binding)
    const entries = this.#bySubject.get(key)
    entries?.delete(binding.metadata.name ?? '')
    if (entries?.size === 0) this.#bySubject.delete(key)
  }
}

function keyOfSubject(subject: Subject, binding: AnyBinding): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind}:${subject.name}`
  return `ServiceAccount:${subject.namespace ?? binding.metadata.namespace ?? ''}/${subject.name}`
}

function* keysOfUser({ name, groups }: UserInfo): Generator<string, void> {
  yield `User:${name}`
  const account = serviceAccountOfUserName(name)
  if (account !== undefined) yield `ServiceAccount:${account.namespace}/${account.name}`
  for (const group of groups) yield `Group:${group}`
}

/** The map holds the objects of one namespace, or those that have none, by name. */
function replace<T extends KubeObject>(map: Map<string, T>, { old, next }: Change<T>): void {
  if (next !== undefined) map.set(next.metadata.name ?? '', next)
  else if (old !== undefined) map.delete(old.metadata.name ?? '')
}

function namespaceOf<T extends KubeObject>({ old, next }: Change<T>): string {
  return (next ?? old)?.metadata.namespace ?? ''
}
