/** Real kubectl applies from the server's side: owners, conflicts, force, and the way over from client-side apply. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { kubeconfigOf, startTestApiServer, type TestApiServer } from '#testing/api-server'

const run = promisify(execFile)

const deployment = (replicas: number, rest = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
${rest}`

const hasKubectl = await run('kubectl', ['version', '--client']).then(
  () => true,
  () => false,
)

describe('kubectl apply --server-side', { skip: hasKubectl ? false : 'no kubectl is installed' }, () => {
  let server: TestApiServer
  let home: string
  let count = 0

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'navarch-apply-'))
    server = await startTestApiServer({ admission: { enabled: [], disabled: ['ServiceAccount'] } })
    await writeFile(join(home, 'config'), kubeconfigOf(server))
  })

  after(async () => {
    await server.close()
    await rm(home, { recursive: true })
  })

  const kubectl = (...words: readonly string[]) =>
    run('kubectl', words, { env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: join(home, 'config') } })

  /** A namespace of its own, and kubectl at work in it. */
  async function workspace() {
    const namespace = `ns-${count++}`
    await kubectl('create', 'namespace', namespace)
    const call = async (...words: readonly string[]) => (await kubectl('-n', namespace, ...words)).stdout
    const refusal = async (...words: readonly string[]) => {
      const error: unknown = await kubectl('-n', namespace, ...words).catch((reason: unknown) => reason)
      assert(error instanceof Error && 'stderr' in error, `kubectl ${words.join(' ')} should have failed`)
      return String(error.stderr)
    }
    const file = async (text: string) => {
      const path = join(home, `manifest-${count++}.yaml`)
      await writeFile(path, text)
      return path
    }
    const owners = async (object: string) => {
      const { metadata } = JSON.parse(await call('get', object, '-o', 'json', '--show-managed-fields')) as {
        readonly metadata: { readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[] }
      }
      return metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)
    }
    const apply = async (text: string, ...words: readonly string[]) => call('apply', '--server-side', '-f', await file(text), ...words)
    const applyRefused = async (text: string, ...words: readonly string[]) =>
      refusal('apply', '--server-side', '-f', await file(text), ...words)
    return { call, file, owners, apply, applyRefused }
  }

  test('creates, changes, and leaves what is the same alone', async () => {
    const { call, owners, apply } = await workspace()
    assert.match(await apply(deployment(1)), /deployment.apps\/web serverside-applied/)
    const version = () => call('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.resourceVersion}')
    const first = await version()
    await apply(deployment(1))
    assert.equal(await version(), first)
    await apply(deployment(3))
    assert.equal(await call('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}'), '3')
    assert.deepEqual(await owners('deployment/web'), ['kubectl Apply'])
  })

  test('collides with another manager, and takes over when forced', async () => {
    const { call, owners, apply, applyRefused } = await workspace()
    await apply(deployment(1), '--field-manager=one')
    const refused = await applyRefused(deployment(2), '--field-manager=two')
    assert.match(refused, /Apply failed with 1 conflict: conflict with "one": .spec.replicas/)
    await apply(deployment(2), '--field-manager=two', '--force-conflicts')
    assert.equal(await call('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}'), '2')
    assert.deepEqual(await owners('deployment/web'), ['one Apply', 'two Apply'])
  })

  test('collides with an edit of a user, field by field', async () => {
    const { call, apply, applyRefused } = await workspace()
    await apply(deployment(1))
    await call('scale', 'deployment', 'web', '--replicas=5')
    await call('set', 'image', 'deployment/web', 'web=nginx:2')
    const refused = await applyRefused(deployment(1))
    assert.match(refused, /Apply failed with 2 conflicts/)
    assert.match(refused, /conflicts? with "kubectl(-set)?".*: *\n?-? ?.spec/)
    assert.match(refused, /\.spec\.template\.spec\.containers\[name="web"\]\.image/)
  })

  test('takes back what it no longer names, and nothing else', async () => {
    const { call, apply } = await workspace()
    const settings = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { ${data} }\n`
    await apply(settings('a: "1", b: "2"'))
    await call('patch', 'configmap', 'settings', '-p', '{"data":{"c":"3"}}')
    await apply(settings('a: "1"'))
    assert.deepEqual(JSON.parse(await call('get', 'configmap', 'settings', '-o', 'jsonpath={.data}')), { a: '1', c: '3' })
  })

  test('goes over from client-side apply without a conflict', async () => {
    const { call, file, owners, apply } = await workspace()
    await call('apply', '-f', await file(deployment(1)))
    await apply(deployment(2))
    assert.equal(await call('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}'), '2')
    // kubectl itself applies the annotation under a name of its own.
    assert.deepEqual(await owners('deployment/web'), ['kubectl-last-applied Apply', 'kubectl Apply'])
  })

  test('a dry run and a diff change nothing', async () => {
    const { call, apply } = await workspace()
    await apply(deployment(1))
    await apply(deployment(7), '--dry-run=server')
    assert.equal(await call('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}'), '1')
  })

  test('says what is wrong with a manifest', async () => {
    const { applyRefused } = await workspace()
    assert.match(await applyRefused(deployment(1, '  bogus: 1')), /field not declared in schema|unknown field/)
  })
})
