import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#kinds/core/pod/pod.kind'
import { claimNamesOf } from '../pod-claims.ts'
import { ephemeralClaims } from './ephemeral-claims.ts'

const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a', uid: 'pu' },
  spec: {
    containers: [],
    volumes: [
      { name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { of: 'p' } }, spec: claimSpec } } },
      { name: 'data', persistentVolumeClaim: { claimName: 'shared' } },
      { name: 'none', emptyDir: {} },
    ],
  },
  status: {},
}

test('an ephemeral volume has a claim of its own, controlled by the pod', () => {
  const [claim, ...others] = ephemeralClaims(pod)
  assert.deepEqual([claim?.metadata.name, claim?.metadata.labels, claim?.spec, others], ['p-scratch', { of: 'p' }, claimSpec, []])
  assert.deepEqual(
    claim?.metadata.ownerReferences?.map(({ kind, uid, controller }) => [kind, uid, controller]),
    [['Pod', 'pu', true]],
  )
})

test('the claims of a pod are those that it names and those that are made for it', () => {
  assert.deepEqual(claimNamesOf(pod), ['p-scratch', 'shared'])
})
