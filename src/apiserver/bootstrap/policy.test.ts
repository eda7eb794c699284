import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { KubeObject } from '#meta/object'
import { bootstrapFlowSchemas, bootstrapPriorityLevels } from './flow-objects.ts'
import { bootstrapClusterRoleBindings, bootstrapClusterRoles, bootstrapRoleBindings, bootstrapRoles } from './policy-objects.ts'
import { bindingPlan, reconciledRole } from './policy-reconcile.ts'

const reference = new URL('../../../../shared/reference/bootstrap-objects.jsonl.gz', import.meta.url)

test('the tables say what upstream bootstraps', { skip: existsSync(reference) ? false : 'the reference data is not here' }, () => {
  const lines = gunzipSync(readFileSync(reference)).toString().trim().split('\n')
  const recorded = lines.map((line) => JSON.parse(line)).filter(({ apiVersion }) => apiVersion === 'rbac.authorization.k8s.io/v1')
  const ours: readonly KubeObject[] = [
    ...bootstrapClusterRoles,
    ...bootstrapClusterRoleBindings,
    ...bootstrapRoles,
    ...bootstrapRoleBindings,
  ]
  assert.deepEqual(byName(ours), byName(recorded))
})

/** What counts; rules of gathered roles and subjects that nobody has are left out by the server. */
function byName(
  objects: readonly (KubeObject & {
    readonly aggregationRule?: unknown
    readonly rules?: unknown
    readonly subjects?: readonly unknown[]
  })[],
) {
  const entries = objects.map(({ metadata: { name, namespace, labels, annotations }, ...rest }) => {
    const rules = rest.aggregationRule === undefined ? rest.rules : undefined
    const subjects = rest.subjects?.length === 0 ? undefined : rest.subjects
    const content = JSON.parse(JSON.stringify({ ...rest, metadata: { name, namespace, labels, annotations }, rules, subjects }))
    return [`${rest.kind} ${namespace ?? ''}/${name}`, content] as const
  })
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

const [wantedRole] = bootstrapRoles
const [wantedBinding] = bootstrapRoleBindings
assert.ok(wantedRole && wantedBinding)

const opened = { verbs: ['get'], apiGroups: [''], resources: ['nodes'] }

test('the tables of priority and fairness say what upstream bootstraps', {
  skip: existsSync(reference) ? false : 'the reference data is not here',
}, () => {
  const lines = gunzipSync(readFileSync(reference)).toString().trim().split('\n')
  const recorded = lines.map((line) => JSON.parse(line)).filter(({ apiVersion }) => apiVersion === 'flowcontrol.apiserver.k8s.io/v1')
  const specs = (objects: readonly (KubeObject & { readonly spec?: unknown })[]) =>
    Object.fromEntries(objects.map(({ kind, metadata: { name, annotations }, spec }) => [`${kind} ${name}`, { annotations, spec }]).sort())
  assert.deepEqual(specs([...bootstrapFlowSchemas, ...bootstrapPriorityLevels]), specs(recorded))
})

test('a role that has lost a rule gets it back and keeps what was added', () => {
  const found = { ...wantedRole, rules: [opened, ...(wantedRole.rules ?? []).slice(1)] }
  assert.deepEqual(reconciledRole(wantedRole, found)?.rules, [...found.rules, wantedRole.rules?.[0]])
})

test('a complete role and one that nobody may update are left alone', () => {
  assert.equal(reconciledRole(wantedRole, { ...wantedRole, rules: [...(wantedRole.rules ?? []), opened] }), undefined)
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }
  assert.equal(reconciledRole(wantedRole, { ...wantedRole, metadata: { ...wantedRole.metadata, annotations }, rules: [] }), undefined)
})

test('a binding gets lost subjects back, and is made anew when it points to another role', () => {
  const found = { ...wantedBinding, subjects: [{ kind: 'User', name: 'x' }] }
  const plan = bindingPlan(wantedBinding, found)
  assert.deepEqual(plan?.kind === 'update' && plan.binding.subjects, [...found.subjects, ...(wantedBinding.subjects ?? [])])
  assert.equal(bindingPlan(wantedBinding, wantedBinding), undefined)
  assert.deepEqual(bindingPlan(wantedBinding, { ...wantedBinding, roleRef: { kind: 'Role', name: 'x' } }), { kind: 'replace' })
})
