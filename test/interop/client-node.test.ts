/** The official JavaScript client against a cluster of ours, with a real container behind it. */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { after, before, describe, test } from 'node:test'
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
  type V1Status,
  Watch,
} from '@kubernetes/client-node'
import { missingForNode } from '../e2e/requirements.ts'
import { eventually, startTestCluster, type TestCluster } from '../e2e/test-cluster.ts'
import { idleDeployment, patches, talkerPod } from './manifests.ts'

const namespace = 'default'

describe('@kubernetes/client-node', { skip: missingForNode() }, () => {
  let cluster: TestCluster
  let config: KubeConfig
  let core: CoreV1Api
  let apps: AppsV1Api

  before(async () => {
    cluster = await startTestCluster(5)
    config = new KubeConfig()
    config.loadFromFile(cluster.kubeconfig)
    core = config.makeApiClient(CoreV1Api)
    apps = config.makeApiClient(AppsV1Api)
  })
  after(() => cluster[Symbol.asyncDispose]())

  test('creates a pod, sees every step of it in a watch, talks to it, deletes it', async () => {
    using watch = await watchPods(config)
    await core.createNamespacedPod({ namespace, body: talkerPod })
    await watch.until(({ status }) => status?.phase === 'Running', 'the watch shows the pod running')
    await runsCommands(config)
    assert.match(await core.readNamespacedPodLog({ namespace, name: 'talker' }), /^ready\n/)
    const followed = collector()
    await new Log(config).log(namespace, 'talker', 'sh', followed.stream, { follow: true })
    await core.deleteNamespacedPod({ namespace, name: 'talker' })
    await watch.untilDeleted()
    await finished(followed.stream)
    assert.equal(followed.text(), 'ready\n', 'a log that is followed ends with its pod')
    assert.deepEqual(watch.kinds(), ['ADDED', 'MODIFIED', 'DELETED'])
    await assert.rejects(
      core.readNamespacedPod({ namespace, name: 'talker' }),
      (error) => error instanceof ApiException && error.code === 404,
    )
  })

  test('patches in three ways', async () => {
    const ref = { namespace, name: 'idle' }
    await apps.createNamespacedDeployment({ namespace, body: idleDeployment })
    const patch = async (strategy: string, body: unknown) =>
      await apps.patchNamespacedDeployment({ ...ref, body }, setHeaderOptions('Content-Type', strategy))
    assert.equal((await patch(PatchStrategy.JsonPatch, patches.json)).metadata?.annotations?.['colour'], 'green')
    const merged = await patch(PatchStrategy.MergePatch, patches.merge)
    assert.deepEqual([merged.metadata?.annotations?.['colour'], merged.metadata?.annotations?.['size']], [undefined, 'large'])
    const strategic = await patch(PatchStrategy.StrategicMergePatch, patches.strategic)
    assert.deepEqual(
      strategic.spec?.template.spec?.containers.map(({ name }) => name),
      ['second', 'sh'],
    )
    await assert.rejects(
      patch(PatchStrategy.JsonPatch, patches.json),
      (error) => error instanceof ApiException && error.code === 422,
      'a test that fails refuses the patch',
    )
    await apps.deleteNamespacedDeployment(ref)
  })
})

async function runsCommands(config: KubeConfig): Promise<void> {
  const hello = await execute(config, ['sh', '-c', 'echo hello; echo oh >&2'])
  assert.deepEqual([hello.stdout, hello.stderr, hello.status.status], ['hello\n', 'oh\n', 'Success'])
  const failed = await execute(config, ['sh', '-c', 'exit 7'])
  const { status, reason, details } = failed.status
  assert.deepEqual([status, reason, details?.causes?.[0]], ['Failure', 'NonZeroExitCode', { reason: 'ExitCode', message: '7' }])
}

async function execute(
  config: KubeConfig,
  command: string[],
): Promise<{ readonly stdout: string; readonly stderr: string; readonly status: V1Status }> {
  const [stdout, stderr] = [collector(), collector()]
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config).exec(namespace, 'talker', 'sh', command, stdout.stream, stderr.stream, null, false, resolve).catch(reject)
  })
  return { stdout: stdout.text(), stderr: stderr.text(), status }
}

function collector(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (chunk) => (text += String(chunk)))
  return { stream, text: () => text }
}

async function watchPods(config: KubeConfig) {
  const events: { readonly type: string; readonly pod: V1Pod }[] = []
  const onEvent = (type: string, pod: V1Pod) => void events.push({ type, pod })
  const controller = await new Watch(config).watch(`/api/v1/namespaces/${namespace}/pods`, {}, onEvent, () => {})
  const seen = (isIt: (event: { readonly type: string; readonly pod: V1Pod }) => boolean, what: string) =>
    eventually(
      async () => events,
      (all) => all.some(isIt),
      what,
    )
  return {
    until: (isIt: (pod: V1Pod) => boolean, what: string) => seen(({ pod }) => isIt(pod), what),
    untilDeleted: () => seen(({ type }) => type === 'DELETED', 'the watch shows the deletion'),
    kinds: () => [...new Set(events.map(({ type }) => type))],
    [Symbol.dispose]: () => controller.abort(),
  }
}
