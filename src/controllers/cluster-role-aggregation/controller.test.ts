import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterRole } from '#kinds/rbac/cluster-role.kind'
import { aggregatedRules } from './controller.ts'

function role(name: string, verbs: readonly string[], labels: Record<string, string> = {}): ClusterRole {
  const rules = verbs.map((verb) => ({ apiGroups: [''], resources: ['pods'], verbs: [verb] }))
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, rules }
}

test('aggregated roles: rules of the selected roles by name, each once, never its own', () => {
  const whole: ClusterRole = {
    ...role('admin', ['*'], { part: 'yes' }),
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] },
  }
  const all = [whole, role('b', ['list', 'get'], { part: 'yes' }), role('a', ['get'], { part: 'yes' }), role('c', ['delete'])]
  assert.deepEqual(
    aggregatedRules(whole, all).map(({ verbs }) => verbs[0]),
    ['get', 'list'],
  )
})
