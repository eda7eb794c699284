/** The official JavaScript client against an API server of ours: informers, patches, pages and subresources. No nodes are needed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  ApiException,
  AppsV1Api,
  AuthenticationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  NetworkingV1Api,
  PatchStrategy,
  PolicyV1Api,
  setHeaderOptions,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node'
import { systemClock } from '#base/env/clock'
import { createMemoryStore } from '#store/memory/memory-store'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'
import { idleDeployment } from './manifests.ts'

const namespace = 'default'

function configFor({ url, ca, token }: TestApiServer): KubeConfig {
  const config = new KubeConfig()
  const cluster = { name: 'test', server: url, caData: Buffer.from(ca).toString('base64'), skipTLSVerify: false }
  config.loadFromClusterAndUser(cluster, { name: 'test', token })
  return config
}

function mapOf(name: string, data: Record<string, string> = {}): V1ConfigMap {
  return { metadata: { name, labels: { made: 'here' } }, data }
}

function hasCode(code: number): (error: unknown) => boolean {
  return (error) => error instanceof ApiException && error.code === code
}

/** Resolves when all have been said, in any order and with others between. */
function expectation(): { readonly say: (what: string) => void; readonly all: (...wanted: readonly string[]) => Promise<void> } {
  const said = new Set<string>()
  let wake = (): void => {}
  return {
    say(what) {
      said.add(what)
      wake()
    },
    async all(...wanted) {
      while (!wanted.every((one) => said.has(one))) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

describe('@kubernetes/client-node without nodes', () => {
  test('an informer follows, and begins anew where its revision is forgotten', async () => {
    await using store = createMemoryStore({ clock: systemClock })
    const before = await startTestApiServer({}, { store })
    await configFor(before)
      .makeApiClient(CoreV1Api)
      .createNamespacedConfigMap({ namespace, body: mapOf('old') })
    await before.close()
    await store.compact(await store.currentRevision())
    await using server = await startTestApiServer({}, { store })
    const config = configFor(server)
    const core = config.makeApiClient(CoreV1Api)
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    const refusals: unknown[] = []
    await new Promise<unknown>((resolve, reject) => {
      const onEvent = (type: string, object: { readonly code?: number }) => void refusals.push([type, object.code])
      new Watch(config).watch(path, { resourceVersion: '1' }, onEvent, resolve).catch(reject)
    })
    assert.deepEqual(refusals, [['ERROR', 410]])
    let listCount = 0
    const informer = makeInformer<V1ConfigMap>(config, path, async () => {
      const list = await core.listNamespacedConfigMap({ namespace })
      // The first list is as one from long ago: the watch behind it is refused, and the informer has to list again.
      return ++listCount === 1 ? { ...list, metadata: { ...list.metadata, resourceVersion: '1' } } : list
    })
    const { say, all } = expectation()
    informer.on('add', ({ metadata }) => say(`add ${metadata?.name}`))
    informer.on('update', ({ metadata }) => say(`update ${metadata?.name}`))
    informer.on('delete', ({ metadata }) => say(`delete ${metadata?.name}`))
    await informer.start()
    try {
      await all('add old')
      await core.createNamespacedConfigMap({ namespace, body: mapOf('new') })
      await all('add new')
      await core.replaceNamespacedConfigMap({ namespace, name: 'new', body: mapOf('new', { a: '1' }) })
      await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'made=here' })
      await all('update new', 'delete new', 'delete old')
      assert.ok(listCount > 1)
    } finally {
      await informer.stop()
    }
  })

  test('patches of all types, and an apply in conflict', async () => {
    await using server = await startTestApiServer()
    const core = configFor(server).makeApiClient(CoreV1Api)
    const ref = { namespace, name: 'm' }
    await core.createNamespacedConfigMap({ namespace, body: mapOf('m', { a: '1' }) })
    const patch = async (strategy: string, body: unknown, more = {}) =>
      await core.patchNamespacedConfigMap({ ...ref, body, ...more }, setHeaderOptions('Content-Type', strategy))
    await patch(PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/json', value: '1' }])
    await patch(PatchStrategy.MergePatch, { data: { merge: '1' } })
    await patch(PatchStrategy.StrategicMergePatch, { data: { strategic: '1' } })
    const wanted = (value: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { applied: value } })
    const applied = await patch(PatchStrategy.ServerSideApply, wanted('1'), { fieldManager: 'one' })
    assert.deepEqual(applied.data, { a: '1', json: '1', merge: '1', strategic: '1', applied: '1' })
    await assert.rejects(patch(PatchStrategy.ServerSideApply, wanted('2'), { fieldManager: 'two' }), hasCode(409))
    const forced = await patch(PatchStrategy.ServerSideApply, wanted('2'), { fieldManager: 'two', force: true })
    assert.equal(forced.data?.['applied'], '2')
    const dry = await patch(PatchStrategy.MergePatch, { data: { merge: '2' } }, { dryRun: 'All' })
    assert.equal(dry.data?.['merge'], '2')
    assert.equal((await core.readNamespacedConfigMap(ref)).data?.['merge'], '1')
    await assert.rejects(patch(PatchStrategy.MergePatch, { data: { x: 1 } }), hasCode(422))
    await assert.rejects(patch(PatchStrategy.MergePatch, { dat: {} }, { fieldValidation: 'Strict' }), hasCode(422))
  })

  test('pages, selectors, and objects whose types the program does not know', async () => {
    await using server = await startTestApiServer()
    const config = configFor(server)
    const core = config.makeApiClient(CoreV1Api)
    for (let number = 0; number < 7; number++) await core.createNamespacedConfigMap({ namespace, body: mapOf(`m${number}`) })
    const names: (string | undefined)[] = []
    let token: string | undefined
    do {
      const query = { namespace, limit: 3, labelSelector: 'made=here', ...(token === undefined ? {} : { _continue: token }) }
      const { items, metadata } = await core.listNamespacedConfigMap(query)
      names.push(...items.map((item) => item.metadata?.name))
      token = metadata?._continue
    } while (token !== undefined && token !== '')
    assert.deepEqual(names, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6'])
    const chosen = await core.listNamespacedConfigMap({ namespace, fieldSelector: 'metadata.name=m3' })
    assert.equal(chosen.items.length, 1)
    const untyped = KubernetesObjectApi.makeApiClient(config)
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace }, stringData: { a: 'b' } }
    await untyped.create(secret)
    const read = await untyped.read({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace } })
    assert.deepEqual('data' in read ? read.data : undefined, { a: 'Yg==' })
    await untyped.delete(secret)
    const list = await config
      .makeApiClient(CustomObjectsApi)
      .listNamespacedCustomObject({ group: 'apps', version: 'v1', namespace, plural: 'deployments' })
    assert.equal(list.kind, 'DeploymentList')
  })

  test('scale, eviction, token, and the address of a service', async () => {
    await using server = await startTestApiServer()
    const config = configFor(server)
    const [core, apps, policy] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api), config.makeApiClient(PolicyV1Api)]
    await apps.createNamespacedDeployment({ namespace, body: idleDeployment })
    const ref = { namespace, name: 'idle' }
    const scale = await apps.readNamespacedDeploymentScale(ref)
    await apps.replaceNamespacedDeploymentScale({ ...ref, body: { ...scale, spec: { replicas: 4 } } })
    assert.equal((await apps.readNamespacedDeployment(ref)).spec?.replicas, 4)
    const labels = { app: 'evicted' }
    const pod = {
      metadata: { name: 'evicted', labels },
      spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'registry.example/c:1' }] },
    }
    await core.createNamespacedPod({ namespace, body: pod })
    const running = { status: { phase: 'Running' } }
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    await core.patchNamespacedPodStatus({ namespace, name: 'evicted', body: running }, merge)
    const budget = { metadata: { name: 'all' }, spec: { minAvailable: 1, selector: { matchLabels: labels } } }
    await policy.createNamespacedPodDisruptionBudget({ namespace, body: budget })
    const evict = async () =>
      await core.createNamespacedPodEviction({ namespace, name: 'evicted', body: { metadata: { name: 'evicted', namespace } } })
    await assert.rejects(evict(), hasCode(429))
    await policy.deleteNamespacedPodDisruptionBudget({ namespace, name: 'all' })
    await evict()
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'robot' } } })
    const asked = { spec: { audiences: ['https://kubernetes.default.svc.cluster.local'], expirationSeconds: 600 } }
    const { status } = await core.createNamespacedServiceAccountToken({ namespace, name: 'robot', body: asked })
    const review = await config.makeApiClient(AuthenticationV1Api).createTokenReview({ body: { spec: { token: status?.token ?? '' } } })
    assert.equal(review.status?.user?.username, 'system:serviceaccount:default:robot')
    const service = await core.createNamespacedService({ namespace, body: { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } } })
    const address = await config.makeApiClient(NetworkingV1Api).readIPAddress({ name: service.spec?.clusterIP ?? '' })
    assert.equal(address.spec?.parentRef.name, 'web')
  })
})
