/** Plain curl against a cluster: a client certificate, a token of a service account, bodies in YAML, a watch, and an exec seen as raw WebSocket frames. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { parseYaml } from '#base/encoding/yaml'
import { missingForNode } from '../e2e/requirements.ts'
import { eventually, startTestCluster, type TestCluster } from '../e2e/test-cluster.ts'
import { patches } from './manifests.ts'

const pods = '/api/v1/namespaces/default/pods'
const deployments = '/apis/apps/v1/namespaces/default/deployments'

const podYaml = `
apiVersion: v1
kind: Pod
metadata: { name: talker }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: sh
      image: navarch.dev/shell:v1
      command: [sh, -c, 'echo ready; while :; do sleep 1; done']
`
const deploymentYaml = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: idle, annotations: { colour: red } }
spec:
  replicas: 0
  selector: { matchLabels: { app: idle } }
  template:
    metadata: { labels: { app: idle } }
    spec: { containers: [{ name: sh, image: navarch.dev/shell:v1 }] }
`
const readerYaml = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: default-views }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: default, namespace: default }]
`

test('curl creates, watches, patches, executes and deletes', { skip: missingForNode('curl') }, async () => {
  await using cluster = await startTestCluster(5)
  const admin = await curlOf(cluster)
  using watch = admin.follow(`${pods}?watch=true`)
  assert.equal((await admin.send('POST', pods, 'application/yaml', podYaml)).status, 201)
  await eventually(
    async () => watch.output(),
    (text) => text.includes('"phase":"Running"'),
    'the watch shows the pod running',
  )
  await readsWithToken(cluster, admin)
  await patchesThreeWays(admin)
  await seesExecFrames(admin)
  assert.equal((await admin.send('DELETE', `${pods}/talker`)).status, 200)
  await eventually(
    async () => watch.output(),
    (text) => text.includes('"type":"DELETED"'),
    'the watch shows the deletion',
  )
  const missing = await admin.send('GET', `${pods}/talker`)
  assert.deepEqual([missing.status, missing.body.reason], [404, 'NotFound'])
})

type Curl = Awaited<ReturnType<typeof curlOf>>

async function patchesThreeWays(admin: Curl): Promise<void> {
  assert.equal((await admin.send('POST', deployments, 'application/yaml', deploymentYaml)).status, 201)
  const patch = async (sort: keyof typeof patches, type = sort === 'strategic' ? 'strategic-merge' : sort) => {
    const { status, body } = await admin.send(
      'PATCH',
      `${deployments}/idle`,
      `application/${type}-patch+json`,
      JSON.stringify(patches[sort]),
    )
    assert.equal(status, 200, body.message)
    return body
  }
  assert.equal((await patch('json')).metadata.annotations.colour, 'green')
  const { annotations } = (await patch('merge')).metadata
  assert.deepEqual([annotations.colour, annotations.size], [undefined, 'large'])
  const { containers } = (await patch('strategic')).spec.template.spec
  assert.deepEqual(
    containers.map(({ name }: { readonly name: string }) => name),
    ['second', 'sh'],
  )
  const unknown = await admin.send('PATCH', `${deployments}/idle`, 'application/json', '{}')
  assert.deepEqual([unknown.status, unknown.body.reason], [415, 'UnsupportedMediaType'])
}

/** A token sees what its service account may see, and nothing else; without one, nothing. */
async function readsWithToken(cluster: TestCluster, admin: Curl): Promise<void> {
  const request = '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":600}}'
  const answer = await admin.send('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', 'application/json', request)
  const bearer = await curlOf(cluster, answer.body.status.token)
  const refused = await bearer.send('GET', pods)
  assert.equal(refused.status, 403)
  assert.match(refused.body.message, /User "system:serviceaccount:default:default" cannot list resource "pods"/)
  assert.equal(
    (await admin.send('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', 'application/yaml', readerYaml)).status,
    201,
  )
  const pod = await bearer.send('GET', `${pods}/talker`)
  assert.deepEqual([pod.status, pod.body.status.phase], [200, 'Running'])
  assert.equal(await bearer.text(`${pods}/talker/log`), 'ready\n')
  assert.equal((await bearer.send('DELETE', `${pods}/talker`)).status, 403)
  assert.equal((await (await curlOf(cluster, 'not-a-token')).send('GET', pods)).status, 401)
}

/** curl speaks no WebSocket, but shows what comes after the 101: frames of channel 1 (output), 2 (errors) and 3 (the status). */
async function seesExecFrames(admin: Curl): Promise<void> {
  const command = ['sh', '-c', 'echo hello; exit 7'].map((word) => `command=${encodeURIComponent(word)}`).join('&')
  const headers = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: bmF2YXJjaCBuYXZhcmNoIQ==']
  const words = [...headers, 'Sec-WebSocket-Protocol: v5.channel.k8s.io'].flatMap((header) => ['--header', header])
  using exec = admin.follow(`${pods}/talker/exec?stdout=true&stderr=true&${command}`, '--http1.1', '--include', ...words)
  await eventually(
    async () => exec.output(),
    (text) => text.includes('"ExitCode"'),
    'the frames hold the status',
  )
  assert.match(exec.output(), /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  assert.match(exec.output(), /sec-websocket-protocol: v5\.channel\.k8s\.io\r\n/i)
  assert(exec.output().includes(`${String.fromCharCode(1)}hello\n`))
  assert(exec.output().includes(`${String.fromCharCode(3)}{`))
  assert.match(exec.output(), /"reason":"NonZeroExitCode".*"message":"7"/s)
}

/** With the kubeconfig's client certificate, or with a token instead. */
async function curlOf(cluster: TestCluster, token?: string) {
  const config = parseYaml(await readFile(cluster.kubeconfig, 'utf8')) as KubeconfigData
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster
  const { 'client-certificate-data': certificate, 'client-key-data': key } = config.users[0].user
  const file = async (name: string, base64: string) => {
    const path = join(cluster.dataDir, name)
    await writeFile(path, Buffer.from(base64, 'base64'), { mode: 0o600 })
    return path
  }
  const identity =
    token === undefined
      ? ['--cert', await file('curl.crt', certificate), '--key', await file('curl.key', key)]
      : ['--header', `Authorization: Bearer ${token}`]
  const common = ['--silent', '--show-error', '--cacert', await file('curl-ca.crt', ca), ...identity]
  const run = async (words: readonly string[]) => (await promisify(execFile)('curl', [...common, '--max-time', '30', ...words])).stdout
  return {
    text: (path: string) => run([server + path]),
    async send(method: string, path: string, type?: string, body?: string) {
      const content = type === undefined ? [] : ['--header', `Content-Type: ${type}`, '--data-binary', body ?? '']
      const output = await run(['--request', method, ...content, '--write-out', '\n%{http_code}', server + path])
      const end = output.lastIndexOf('\n')
      return { status: Number(output.slice(end + 1)), body: JSON.parse(output.slice(0, end)) }
    },
    /** Runs beside the test until it is disposed of. */
    follow(path: string, ...words: readonly string[]) {
      const child = spawn('curl', [...common, '--no-buffer', ...words, server + path])
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
      return { output: () => text, [Symbol.dispose]: () => void child.kill() }
    },
  }
}

type KubeconfigData = {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }]
  readonly users: readonly [{ readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } }]
}
