/** The official Python client, as Debian ships it, against a cluster of ours: what it saw comes back as JSON. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { missingForNode } from '../e2e/requirements.ts'
import { startTestCluster } from '../e2e/test-cluster.ts'
import { idleDeployment, patches, talkerPod } from './manifests.ts'

// Debian's own interpreter: another one that comes first in PATH does not have Debian's packages.
const python = '/usr/bin/python3'
const hasClient = existsSync('/usr/lib/python3/dist-packages/kubernetes')
const skip = missingForNode(python) || (hasClient ? false : 'the Debian package python3-kubernetes is not installed')

test('python3-kubernetes creates, watches, patches, executes and deletes', { skip }, async () => {
  await using cluster = await startTestCluster(5)
  const inputs = join(cluster.dataDir, 'inputs.json')
  await writeFile(inputs, JSON.stringify({ pod: talkerPod, deployment: idleDeployment, patches }))
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, 'python-client.py'), cluster.kubeconfig, inputs], {
    timeout: 120_000,
  })
  const { events, ...seen } = JSON.parse(stdout)
  assert.deepEqual(seen, {
    json: 'green',
    strategic: ['second', 'sh'],
    merge: 'gone large',
    log: 'ready\n',
    stdout: 'hello\n',
    stderr: 'oh\n',
    exitCode: 7,
    afterDeletion: 404,
  })
  assert.deepEqual(events[0], ['ADDED', 'Pending'])
  assert.deepEqual(
    events.find(([type, phase]: readonly string[]) => type === 'MODIFIED' && phase === 'Running'),
    ['MODIFIED', 'Running'],
  )
  assert.equal(events.at(-1)[0], 'DELETED')
})
