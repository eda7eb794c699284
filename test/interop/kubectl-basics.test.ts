/** Real kubectl, each version that is installed, against a server of our own: the verbs that a user needs first. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { kubeconfigOf, startTestApiServer, type TestApiServer } from '#testing/api-server'

const run = promisify(execFile)

/** `kubectl` of the path and, beside the real file, `kubectl.1.NN`. */
function installedKubectls(): readonly string[] {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'kubectl'))
    .find(existsSync)
  if (found === undefined) return []
  const directory = dirname(realpathSync(found))
  const versions = readdirSync(directory)
    .filter((name) => /^kubectl\.1\.[0-9]+$/.test(name))
    .sort()
  return versions.length > 0 ? versions.map((name) => join(directory, name)) : [found]
}

const kubectls = installedKubectls()

const podManifest = (image: string) => `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: web, image: ${image} }] }
`

describe('kubectl', { skip: kubectls.length === 0 ? 'no kubectl is installed' : false }, () => {
  let server: TestApiServer
  let home: string
  let count = 0

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'navarch-kubectl-'))
    server = await startTestApiServer({ admission: { enabled: [], disabled: ['ServiceAccount'] } })
    await writeFile(join(home, 'config'), kubeconfigOf(server))
  })

  after(async () => {
    await server.close()
    await rm(home, { recursive: true })
  })

  for (const kubectl of kubectls) {
    const env = () => ({ PATH: process.env['PATH'], HOME: home, KUBECONFIG: join(home, 'config') })
    const call = async (...words: readonly string[]) => (await run(kubectl, words, { env: env() })).stdout
    const refused = async (...words: readonly string[]) => {
      const error: unknown = await run(kubectl, words, { env: env() }).catch((reason: unknown) => reason)
      assert(error instanceof Error && 'stderr' in error, `kubectl ${words.join(' ')} should have failed`)
      return String(error.stderr)
    }

    test(`${kubectl.split('/').at(-1)}: creates, shows, changes and deletes`, async () => {
      const namespace = `ns-${count++}`
      const inNamespace = ['-n', namespace]
      assert.match(await call('create', 'namespace', namespace), /created/)
      assert.match(await call(...inNamespace, 'create', 'configmap', 'settings', '--from-literal=color=red'), /configmap\/settings created/)
      assert.match(await refused(...inNamespace, 'create', 'configmap', 'settings'), /configmaps "settings" already exists/)
      assert.match(await call(...inNamespace, 'get', 'configmaps'), /^NAME +DATA +AGE\nsettings +1 /)
      assert.equal(await call(...inNamespace, 'get', 'cm', 'settings', '-o', 'jsonpath={.data.color}'), 'red')
      await call(...inNamespace, 'patch', 'cm', 'settings', '-p', '{"data":{"color":"blue"}}')
      await call(...inNamespace, 'label', 'cm', 'settings', 'tier=front')
      assert.match(await call(...inNamespace, 'get', 'cm', '-l', 'tier=front', '-o', 'yaml'), /color: blue/)
      assert.match(await call(...inNamespace, 'delete', 'cm', 'settings'), /deleted/)
      assert.match(await refused(...inNamespace, 'get', 'cm', 'settings'), /configmaps "settings" not found/)
    })

    test(`${kubectl.split('/').at(-1)}: applies a manifest, notices that nothing changed, refuses what is wrong`, async () => {
      const namespace = `ns-${count++}`
      await call('create', 'namespace', namespace)
      const file = join(home, `${namespace}.yaml`)
      await writeFile(file, podManifest('nginx:1'))
      assert.match(await call('-n', namespace, 'apply', '-f', file), /pod\/web created/)
      assert.match(await call('-n', namespace, 'apply', '-f', file), /pod\/web unchanged/)
      await writeFile(file, podManifest('nginx:2'))
      assert.match(await call('-n', namespace, 'apply', '-f', file), /pod\/web configured/)
      await writeFile(file, podManifest('nginx:2').replace('image:', 'imagee:'))
      assert.match(await refused('-n', namespace, 'apply', '-f', file), /unknown field "spec\.containers\[0\]\.imagee"/)
      assert.match(await call('-n', namespace, 'get', 'pods', '-o', 'wide'), /web +0\/1 +Pending/)
      assert.match(await call('explain', 'pod.spec.containers.image'), /FIELD: +image/)
    })

    test(`${kubectl.split('/').at(-1)}: watches`, async () => {
      const namespace = `ns-${count++}`
      await call('create', 'namespace', namespace)
      await call('-n', namespace, 'create', 'configmap', 'first')
      const watch = spawn(kubectl, ['-n', namespace, 'get', 'cm', '-w', '--output-watch-events'], { env: env() })
      const lines = seenBy(watch.stdout)
      await lines(/ADDED +first/)
      await call('-n', namespace, 'create', 'configmap', 'second')
      await lines(/ADDED +second/)
      await call('-n', namespace, 'delete', 'cm', 'first')
      await lines(/DELETED +first/)
      watch.kill()
    })
  }
})

/** Resolves when the text that has come so far fits. */
function seenBy(stream: NodeJS.ReadableStream): (pattern: RegExp) => Promise<void> {
  let text = ''
  let check: () => void = () => {}
  stream.on('data', (chunk) => {
    text += String(chunk)
    check()
  })
  return (pattern) =>
    new Promise((resolve) => {
      check = () => {
        if (pattern.test(text)) resolve()
      }
      check()
    })
}
