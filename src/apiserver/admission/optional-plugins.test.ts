import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import { builtinKinds } from '#kinds/builtin-kinds'
import type { KubeObject } from '#meta/object'
import { ObjectState } from '#testing/object-state'
import type { Authorizer } from '../authz/authorizer.ts'
import { allow, noOpinion } from '../authz/authorizer.ts'
import { StaticKindTable } from '../registry/kind-table.ts'
import type { ReviewClient } from '../webhooks/review-client.ts'
import { chosenPlugins } from './all-plugins.ts'
import type { Admission, AdmissionDeps, AdmissionPlugin } from './plugin.ts'

const { signal } = new AbortController()
const kinds = new StaticKindTable(builtinKinds)
const clock = new VirtualClock()

type Setting = {
  readonly configuration?: unknown
  readonly namespace?: object
  readonly authorizer?: Authorizer
  readonly images?: ReviewClient
  readonly others?: readonly object[]
}

const nobodyMay: Authorizer = { name: 'no', decide: () => noOpinion() }

function pluginsOf(name: string, { configuration, authorizer = nobodyMay, images }: Setting): readonly AdmissionPlugin[] {
  const settings = { plugins: new Map([[name, configuration]]), imagePolicy: images }
  const all = chosenPlugins({ authorizer, clock, kinds }, { enabled: [name], disabled: [], configuration: settings })
  return all.filter((plugin) => plugin.name === name)
}

/** The object that comes out of the plugin, or the refusal. */
async function outcome(plugins: readonly AdmissionPlugin[], object: object, setting: Setting, old?: object): Promise<unknown> {
  const given = object as KubeObject
  const kind = builtinKinds.find((one) => one.kind === given.kind && one.apiVersion === given.apiVersion)
  assert.ok(kind)
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', ...setting.namespace } }
  const state = new ObjectState([namespace, ...(setting.others ?? [])] as KubeObject[])
  const deps = { state, clock, random: seededRandom(1) } as unknown as AdmissionDeps
  const admission = {
    operation: old === undefined ? 'CREATE' : 'UPDATE',
    subresource: '',
    kind,
    namespace: 'a',
    name: given.metadata.name ?? '',
    object: given,
    old,
    user: { name: 'eve', groups: [] },
    isDryRun: false,
    options: {},
    warn: () => {},
  } as unknown as Admission
  try {
    let current = given
    for (const plugin of plugins.filter(
      (one) =>
        (one.subresources ?? ['']).includes('') && (one.kinds === undefined || one.kinds.some(({ plural }) => plural === kind.plural)),
    )) {
      current = (await plugin.mutate?.({ ...admission, object: current }, deps, signal)) ?? current
      await plugin.validate?.({ ...admission, object: current }, deps, signal)
    }
    return current
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}

function pod(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'a', ...metadata },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
  }
}

function service(...externalIPs: readonly string[]): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { externalIPs } }
}

function antiAffinity(topologyKey: string): object {
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey }] } } }
}

function owned(owner: object = {}): object {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u', ...owner }]
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ownerReferences } }
}

const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }
const prefix = 'scheduler.alpha.kubernetes.io'
const selecting = (text: string) => ({ annotations: { [`${prefix}/node-selector`]: text } })
const tolerating = (defaults: object, allowed: object) => ({
  annotations: { [`${prefix}/defaultTolerations`]: JSON.stringify(defaults), [`${prefix}/tolerationsWhitelist`]: JSON.stringify(allowed) },
})
const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z', other: 'o' } } }
const notAllowed = (scope: string) =>
  `pod tolerations (possibly merged with namespace default tolerations) conflict with its ${scope} whitelist`
const selectors = { podNodeSelectorPluginConfig: { clusterDefaultNodeSelector: 'd=def', a: 'x=1,d=def' } }

for (const [why, name, object, old, setting, want] of [
  [
    'a pod with any pull policy',
    'AlwaysPullImages',
    pod(),
    undefined,
    {},
    { spec: { containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Always' }] } },
  ],
  ['a change without a new image', 'AlwaysPullImages', pod(), pod(), {}, { spec: { containers: [{ name: 'c', image: 'i' }] } }],
  [
    'an external address',
    'DenyServiceExternalIPs',
    service('1.2.3.4'),
    undefined,
    {},
    'services "s" is forbidden: Use of external IPs is denied by admission control',
  ],
  ['an address that was there', 'DenyServiceExternalIPs', service('1.2.3.4'), service('1.2.3.4', '1.2.3.5'), {}, {}],
  [
    'anti-affinity by zone',
    'LimitPodHardAntiAffinityTopology',
    pod(antiAffinity('zone')),
    undefined,
    {},
    'pods "p" is forbidden: affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed',
  ],
  ['anti-affinity by node', 'LimitPodHardAntiAffinityTopology', pod(antiAffinity('kubernetes.io/hostname')), undefined, {}, {}],
  [
    'a device',
    'ExtendedResourceToleration',
    pod({ containers: [{ name: 'c', resources: { requests: { 'a.b/c': '1', cpu: '1', 'x.kubernetes.io/y': '1' } } }] }),
    undefined,
    {},
    { spec: { tolerations: [{ key: 'a.b/c', operator: 'Exists', effect: 'NoSchedule' }] } },
  ],
  ['anything', 'AlwaysDeny', pod(), undefined, {}, 'pods "p" is forbidden: admission control is denying all modifications'],
  [
    'a pod on a node',
    'PodTopologyLabels',
    pod({ nodeName: 'n' }, { labels: { 'topology.kubernetes.io/zone': 'mine' } }),
    undefined,
    { others: [node] },
    { metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } },
  ],
  [
    'the selector of the namespace',
    'PodNodeSelector',
    pod({ nodeSelector: { c: '3' } }),
    undefined,
    { namespace: selecting('a=1,b=2') },
    { spec: { nodeSelector: { a: '1', b: '2', c: '3' } } },
  ],
  [
    'another value than the namespace',
    'PodNodeSelector',
    pod({ nodeSelector: { a: '2' } }),
    undefined,
    { namespace: selecting('a=1') },
    'pods "p" is forbidden: pod node label selector conflicts with its namespace node label selector',
  ],
  [
    'a selector that cannot be read',
    'PodNodeSelector',
    pod(),
    undefined,
    { namespace: selecting('a in (1)') },
    'invalid selector: [a in (1)]',
  ],
  [
    'the default of the cluster',
    'PodNodeSelector',
    pod(),
    undefined,
    { configuration: selectors },
    { spec: { nodeSelector: { d: 'def' } } },
  ],
  [
    'a label that is not listed',
    'PodNodeSelector',
    pod({ nodeSelector: { q: '1' } }),
    undefined,
    { configuration: selectors },
    'pods "p" is forbidden: pod node label selector labels conflict with its namespace whitelist',
  ],
  [
    'the tolerations of the namespace',
    'PodTolerationRestriction',
    pod(),
    undefined,
    { namespace: tolerating([{ key: 'k', operator: 'Exists' }], []) },
    { spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } },
  ],
  [
    'a toleration that the default covers',
    'PodTolerationRestriction',
    pod({ tolerations: [{ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }] }),
    undefined,
    { namespace: tolerating([{ key: 'k', operator: 'Exists' }], []) },
    { spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } },
  ],
  [
    'a toleration that is not listed',
    'PodTolerationRestriction',
    pod({ tolerations: [{ key: 'z', operator: 'Exists' }] }),
    undefined,
    { namespace: tolerating([], [{ key: 'k', operator: 'Exists' }]) },
    notAllowed('namespace'),
  ],
  [
    'one that the cluster does not list',
    'PodTolerationRestriction',
    pod({ tolerations: [{ key: 'z', operator: 'Exists' }] }),
    undefined,
    { configuration: { whitelist: [{ key: 'k', operator: 'Exists' }] } },
    notAllowed('cluster'),
  ],
  ['an owner at the creation', 'OwnerReferencesPermissionEnforcement', owned(), undefined, {}, {}],
  [
    'an owner afterwards',
    'OwnerReferencesPermissionEnforcement',
    owned(),
    bare,
    {},
    `configmaps "c" is forbidden: cannot set an ownerRef on a resource you can't delete: , <nil>`,
  ],
  [
    'an owner that waits',
    'OwnerReferencesPermissionEnforcement',
    owned({ blockOwnerDeletion: true }),
    undefined,
    {},
    `configmaps "c" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>`,
  ],
  [
    'an owner that nobody knows',
    'OwnerReferencesPermissionEnforcement',
    owned({ blockOwnerDeletion: true, apiVersion: 'x.y/v1', kind: 'Foo' }),
    undefined,
    {},
    'configmaps "c" is forbidden: cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion x.y/v1 Kind Foo: no matches for kind "Foo" in version "x.y/v1"',
  ],
  [
    'an owner whose finalizers are ours',
    'OwnerReferencesPermissionEnforcement',
    owned({ blockOwnerDeletion: true }),
    bare,
    { authorizer: { name: 'yes', decide: () => allow() } },
    {},
  ],
] as const) {
  test(`${name}: ${why}${typeof want === 'string' ? ' is refused' : ''}`, async () => {
    const result = await outcome(pluginsOf(name, setting), object, setting, old)
    if (typeof want === 'string') assert.equal(result, want)
    else assert.partialDeepStrictEqual(result, want)
  })
}

test('NamespaceExists: nothing is written where no namespace is', async () => {
  const elsewhere: Setting = { namespace: { name: 'b' } }
  assert.equal(await outcome(pluginsOf('NamespaceExists', {}), bare, elsewhere), 'namespaces "a" not found')
})

test('EventRateLimit: a burst, then one for each period; every key has its own', async () => {
  const configuration = { limits: [{ type: 'Namespace', qps: 1, burst: 2 }] }
  const plugins = pluginsOf('EventRateLimit', { configuration })
  const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'a' }, involvedObject: {} }
  const refused = 'Too many requests: limit reached on type Namespace for key a'
  const send = async () => ((await outcome(plugins, event, {})) === refused ? 'refused' : 'taken')
  assert.deepEqual([await send(), await send(), await send()], ['taken', 'taken', 'refused'])
  await clock.advance(1000)
  assert.deepEqual([await send(), await send()], ['taken', 'refused'])
  assert.throws(() => pluginsOf('EventRateLimit', {}), /at least one limit/)
})

test('ImagePolicyWebhook: the service is asked once for the same images, and its word counts', async () => {
  const asked: unknown[] = []
  const images: ReviewClient = {
    async post(review) {
      asked.push(review)
      const isBad = JSON.stringify(review).includes('bad')
      return { status: isBad ? { allowed: false, reason: 'old' } : { allowed: true } }
    },
  }
  const plugins = pluginsOf('ImagePolicyWebhook', { images })
  const annotations = { 'x.image-policy.k8s.io/y': '1', other: '2' }
  const bad = pod({ containers: [{ name: 'c', image: 'bad' }] })
  for (const _ of [1, 2]) assert.equal(typeof (await outcome(plugins, pod({}, { annotations }), {})), 'object')
  assert.equal(await outcome(plugins, bad, {}), 'pods "p" is forbidden: image policy webhook backend denied one or more images: old')
  assert.equal(asked.length, 2)
  assert.partialDeepStrictEqual(asked[0], {
    kind: 'ImageReview',
    spec: { containers: [{ image: 'i' }], annotations: { 'x.image-policy.k8s.io/y': '1' }, namespace: 'a' },
  })
})
