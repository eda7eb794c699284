/** What role bindings and cluster role bindings have in common. */
import { type FieldErrors, FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isDns1123Subdomain, isPathSegmentName } from '#meta/names'
import type { KubeObject } from '#meta/object'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, type Column, nameColumn } from '#meta/table'
import { isSameValue } from '../same-value.ts'
import type { RoleRef, Subject } from './types.gen.ts'

const rbacGroup = 'rbac.authorization.k8s.io'

type Binding = KubeObject & { readonly roleRef: RoleRef; readonly subjects?: readonly Subject[] }

const unresolved = 'If the RoleRef cannot be resolved, the Authorizer must return an error.'
const roleTexts = {
  roleBinding: `RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. ${unresolved}`,
  clusterRoleBinding: `RoleRef can only reference a ClusterRole in the global namespace. ${unresolved}`,
}

/** `kind` as upstream's texts write it. */
export function bindingColumns(kind: 'roleBinding' | 'clusterRoleBinding'): readonly Column<Binding>[] {
  return [
    nameColumn,
    { name: 'Role', type: 'string', description: roleTexts[kind], cell: (binding) => `${binding.roleRef.kind}/${binding.roleRef.name}` },
    ageColumn,
    { name: 'Users', type: 'string', priority: 1, description: `Users in the ${kind}`, cell: (binding) => namesOf(binding, 'User') },
    { name: 'Groups', type: 'string', priority: 1, description: `Groups in the ${kind}`, cell: (binding) => namesOf(binding, 'Group') },
    {
      name: 'ServiceAccounts',
      type: 'string',
      priority: 1,
      description: `ServiceAccounts in the ${kind}`,
      cell: (binding) => namesOf(binding, 'ServiceAccount'),
    },
  ]
}

export function defaultBinding<B extends Binding>(binding: B): B {
  const roleRef = { ...binding.roleRef, apiGroup: binding.roleRef.apiGroup || rbacGroup }
  if (binding.subjects === undefined) return { ...binding, roleRef }
  const subjects = binding.subjects.map((subject) =>
    subject.apiGroup || (subject.kind !== 'User' && subject.kind !== 'Group') ? subject : { ...subject, apiGroup: rbacGroup },
  )
  return { ...binding, roleRef, subjects }
}

export function* validateBinding(binding: Binding, roleKinds: readonly string[], isNamespaced: boolean): FieldErrors {
  const at = FieldPath.of('roleRef')
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef
  if (apiGroup !== rbacGroup) yield notSupported(at.field('apiGroup'), apiGroup, [rbacGroup])
  if (!roleKinds.includes(kind)) yield notSupported(at.field('kind'), kind, roleKinds)
  if (name === '') yield required(at.field('name'))
  else yield* invalidEach(at.field('name'), name, isPathSegmentName(name))
  for (const [index, subject] of (binding.subjects ?? []).entries()) {
    yield* validateSubject(subject, isNamespaced, FieldPath.of('subjects').index(index))
  }
}

export function* validateBindingUpdate(next: Binding, old: Binding): FieldErrors {
  if (isSameValue(next.roleRef, old.roleRef)) return
  const { apiGroup, kind, name } = next.roleRef
  yield invalid(FieldPath.of('roleRef'), { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')
}

function* validateSubject(subject: Subject, isNamespaced: boolean, at: FieldPath): FieldErrors {
  const { kind = '', name = '', namespace = '', apiGroup = '' } = subject
  if (name === '') yield required(at.field('name'))
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') yield* invalidEach(at.field('name'), name, isDns1123Subdomain(name))
      if (apiGroup !== '') yield notSupported(at.field('apiGroup'), apiGroup, [''])
      if (!isNamespaced && namespace === '') yield required(at.field('namespace'))
      return
    case 'User':
    case 'Group':
      if (apiGroup !== rbacGroup) yield notSupported(at.field('apiGroup'), apiGroup, [rbacGroup])
      return
    default:
      yield notSupported(at.field('kind'), kind, ['ServiceAccount', 'User', 'Group'])
  }
}

function namesOf(binding: Binding, kind: string): string {
  const subjects = (binding.subjects ?? []).filter((subject) => subject.kind === kind)
  return subjects.map(({ name, namespace = '' }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name)).join(', ')
}
