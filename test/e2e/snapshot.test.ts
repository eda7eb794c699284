/** A cluster's objects go back in time, and its containers do not notice. */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { eventually, kubectlOf, realKubectl, startTestCluster, type TestCluster, upArguments } from './test-cluster.ts'

const slot = 5

let cluster: TestCluster
let snapshot: string

before(async () => {
  cluster = await startTestCluster(slot)
  snapshot = `${cluster.dataDir}.snapshot`
})

after(async () => {
  await cluster[Symbol.asyncDispose]()
  await rm(snapshot, { force: true })
})

const manifest = (name: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: web, image: navarch.dev/nginx:v1}]}
`

test('a snapshot of a running cluster is restored under its running pods, and the cluster goes on from there', async () => {
  const kubectl = kubectlOf(cluster, realKubectl)
  await kubectl.outcome(['apply', '-f', '-'], manifest('kept'))
  await kubectl.run('rollout', 'status', 'deployment/kept', '--timeout=60s')
  const containersBefore = await containersOf(kubectl, 'kept')
  assert.equal(containersBefore.length, 2)

  assert.match(await cluster.navarch('store', 'snapshot', 'save', snapshot), /objects of revision/)
  await kubectl.run('create', 'configmap', 'later', '--from-literal=a=b')
  await assert.rejects(cluster.navarch('store', 'snapshot', 'restore', snapshot), /is running/)
  const restored = await cluster.navarch('store', 'snapshot', 'restore', snapshot, '--replace')
  assert.match(restored, /goes on at revision [0-9]{6}/)
  await cluster.navarch('up', ...upArguments(slot), '--kubeconfig', cluster.kubeconfig)

  assert.equal((await kubectl.outcome(['get', 'configmap', 'later'])).status, 1, 'what was made after the snapshot is gone')
  await kubectl.run('rollout', 'status', 'deployment/kept', '--timeout=60s')
  // The kubelet's watches were of the old store: only a kubelet that has listed anew starts these.
  await kubectl.outcome(['apply', '-f', '-'], manifest('made-after'))
  await kubectl.run('rollout', 'status', 'deployment/made-after', '--timeout=60s')
  await kubectl.run('delete', 'deployment', 'made-after')
  await eventually(
    () => containersOf(kubectl, 'made-after'),
    (left) => left.length === 0,
    'the pods of a deleted deployment go',
  )
  assert.deepEqual(await containersOf(kubectl, 'kept'), containersBefore, 'same containers, no restarts')
})

test('the store of a running cluster is verified, compacted and told about', async () => {
  assert.match(await cluster.navarch('store', 'verify'), /Nothing is wrong/)
  assert.match(await cluster.navarch('store', 'compact'), /Compacted/)
  assert.match(await cluster.navarch('store', 'status'), /Health +well/)
})

/** Each container's id and how often it was restarted. */
async function containersOf(kubectl: ReturnType<typeof kubectlOf>, app: string): Promise<readonly string[]> {
  const path = '{range .items[*].status.containerStatuses[*]}{.containerID} {.restartCount}{"\\n"}{end}'
  const text = await kubectl.run('get', 'pods', '-l', `app=${app}`, '-o', `jsonpath=${path}`)
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .toSorted()
}
