/** Who a binding is for: `--user`, `--group`, `--serviceaccount`. */
import { repeatedFlag } from '#component/flags'
import { CommandError } from '../errors.ts'
import type { Fields } from '../resources/unstructured.ts'

export const subjectFlags = {
  group: repeatedFlag([], 'A group that gets the role.'),
  serviceaccount: repeatedFlag([], 'A service account that gets the role, as NAMESPACE:NAME.'),
  user: repeatedFlag([], 'A user who gets the role.'),
}

export type SubjectFlags = {
  readonly group: readonly string[]
  readonly serviceaccount: readonly string[]
  readonly user: readonly string[]
}

const rbacGroup = 'rbac.authorization.k8s.io'

export function subjectsOf(flags: SubjectFlags): readonly Fields[] {
  return [
    ...flags.user.map((name) => ({ kind: 'User', apiGroup: rbacGroup, name })),
    ...flags.group.map((name) => ({ kind: 'Group', apiGroup: rbacGroup, name })),
    ...flags.serviceaccount.map((text) => {
      const [namespace = '', name = '', ...more] = text.split(':')
      if (name === '' || namespace === '' || more.length > 0) throw new CommandError('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', name, namespace }
    }),
  ]
}

export function roleRef(kind: 'Role' | 'ClusterRole', name: string): Fields {
  return { apiGroup: rbacGroup, kind, name }
}
