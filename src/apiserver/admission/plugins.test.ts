import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#base/env/random'
import { VirtualClock } from '#base/env/virtual-clock'
import { builtinKinds } from '#kinds/builtin-kinds'
import type { Node } from '#kinds/core/node.kind'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import { ObjectState } from '#testing/object-state'
import { alwaysAllow, alwaysDeny } from '../authz/fixed.ts'
import type { UserInfo } from '../exchange.ts'
import { StaticKindTable } from '../registry/kind-table.ts'
import { chosenPlugins } from './all-plugins.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import type { Admission, AdmissionDeps, AdmissionPlugin, Operation } from './plugin.ts'
import { podPriority, priorityClasses } from './priority.ts'
import { serviceAccountAdmission } from './service-account.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

const kinds = new StaticKindTable(builtinKinds)
const signal = new AbortController().signal
const admin: UserInfo = { name: 'admin', groups: ['system:masters'] }

type Write = { operation?: Operation; subresource?: string; old?: unknown; user?: UserInfo }

/** Runs one plugin on one write: the object that comes out; throws as the plugin does. */
async function run<T extends KubeObject>(
  plugin: AdmissionPlugin,
  object: object,
  state: readonly object[] = [],
  write: Write = {},
): Promise<T> {
  const given = object as KubeObject
  const kind = builtinKinds.find((one) => one.kind === given.kind && one.apiVersion === given.apiVersion)
  assert.ok(kind)
  const { operation = 'CREATE', subresource = '', old, user = admin } = write
  const admission: Admission = {
    operation,
    subresource,
    user,
    kind: kind as Kind,
    namespace: given.metadata.namespace ?? '',
    name: given.metadata.name ?? '',
    object: given,
    old: old as KubeObject | undefined,
    isDryRun: false,
    options: undefined,
    warn: () => {},
  }
  const deps = {
    state: new ObjectState(state as readonly KubeObject[]),
    clock: new VirtualClock(),
    random: seededRandom(1),
  } as unknown as AdmissionDeps
  const mutated = (await plugin.mutate?.(admission, deps, signal)) ?? given
  await plugin.validate?.({ ...admission, object: mutated }, deps, signal)
  return mutated as T
}

function pod(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'a', ...metadata },
    spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
  }
}

const active = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' }, spec: {}, status: { phase: 'Active' } }
const going = { ...active, status: { phase: 'Terminating' } }
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'a' } }

test('nothing is created in a namespace that is missing or going; what is there may change', async () => {
  await run(namespaceLifecycle, pod(), [active])
  await assert.rejects(run(namespaceLifecycle, pod()), { code: 404, message: 'namespaces "a" not found' })
  await assert.rejects(run(namespaceLifecycle, pod(), [going]), {
    code: 403,
    message: 'pods "p" is forbidden: unable to create new content in namespace a because it is being terminated',
    details: {
      name: 'p',
      kind: 'pods',
      causes: [{ reason: 'NamespaceTerminating', message: 'namespace a is being terminated', field: 'metadata.namespace' }],
    },
  })
  await run(namespaceLifecycle, pod(), [going], { operation: 'UPDATE', old: pod() })
})

test('the namespaces of the system cannot be deleted', async () => {
  const systemNamespace = { ...active, metadata: { name: 'kube-system' } }
  await assert.rejects(run(namespaceLifecycle, systemNamespace, [], { operation: 'DELETE', old: systemNamespace }), {
    message: 'namespaces "kube-system" is forbidden: this namespace may not be deleted',
  })
  await run(namespaceLifecycle, active, [], { operation: 'DELETE', old: active })
})

test('a pod gets the default account, its token and its pull secrets', async () => {
  const state = [{ ...account, imagePullSecrets: [{ name: 's' }] }]
  const { spec } = await run<Pod>(serviceAccountAdmission, pod({ initContainers: [{ name: 'i' }] }), state)
  assert.deepEqual([spec?.serviceAccountName, spec?.serviceAccount, spec?.imagePullSecrets], ['default', 'default', [{ name: 's' }]])
  const volume = spec?.volumes?.[0]
  assert.match(volume?.name ?? '', /^kube-api-access-[a-z0-9]{5}$/)
  assert.deepEqual(volume?.projected, {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  })
  const mount = { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }
  assert.deepEqual([spec?.containers[0]?.volumeMounts, spec?.initContainers?.[0]?.volumeMounts], [[mount], [mount]])
})

for (const [why, spec, owner] of [
  ['the pod does not want it', { automountServiceAccountToken: false }, account],
  ['the account does not give it', {}, { ...account, automountServiceAccountToken: false }],
  [
    'every container has something else there',
    { containers: [{ name: 'c', volumeMounts: [{ name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }] },
    account,
  ],
] as const) {
  test(`no token is mounted when ${why}`, async () => {
    const admitted = await run<Pod>(serviceAccountAdmission, pod(spec), [owner])
    assert.equal(admitted.spec.volumes, undefined)
  })
}

test('a pod with an account that does not exist is refused, by its prefix if it has no name yet', async () => {
  await assert.rejects(run(serviceAccountAdmission, pod({ serviceAccountName: 'x' })), {
    code: 403,
    message: 'pods "p" is forbidden: error looking up service account a/x: serviceaccount "x" not found',
  })
  await assert.rejects(
    run(serviceAccountAdmission, pod({}, { name: undefined, generateName: 'web-' })),
    /^StatusError: pods "web-" is forbidden/,
  )
})

const notReady = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }
const unreachable = { ...notReady, key: 'node.kubernetes.io/unreachable' }

for (const [why, tolerations, want] of [
  ['none', undefined, [notReady, unreachable]],
  ['its own for one of the two', [{ ...notReady, tolerationSeconds: 5 }], [{ ...notReady, tolerationSeconds: 5 }, unreachable]],
  ['one for everything', [{ operator: 'Exists' }], [{ operator: 'Exists' }]],
  ['one for another effect', [{ ...notReady, effect: 'NoSchedule' }], [{ ...notReady, effect: 'NoSchedule' }, notReady, unreachable]],
] as const) {
  test(`default tolerations of a pod that has ${why}`, async () => {
    const admitted = await run<Pod>(defaultTolerationSeconds, pod({ tolerations }))
    assert.deepEqual(admitted.spec.tolerations, want)
  })
}

const high = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'hi' }, value: 1000 }
const usual = { ...high, metadata: { name: 'usual' }, value: 42, globalDefault: true, preemptionPolicy: 'Never' }

for (const [why, spec, classes, want] of [
  ['nothing is said', {}, [high], [undefined, 0, 'PreemptLowerPriority']],
  ['a class is named', { priorityClassName: 'hi' }, [high], ['hi', 1000, 'PreemptLowerPriority']],
  ['there is a default class', {}, [high, usual], ['usual', 42, 'Never']],
  ['the number fits the class', { priorityClassName: 'hi', priority: 1000 }, [high], ['hi', 1000, 'PreemptLowerPriority']],
] as const) {
  test(`priority when ${why}`, async () => {
    const { spec: admitted } = await run<Pod>(podPriority, pod(spec), classes)
    assert.deepEqual([admitted.priorityClassName, admitted.priority, admitted.preemptionPolicy], want)
  })
}

const mustNot = 'must not be provided in pod spec; priority admission controller computed'

for (const [why, spec, message] of [
  ['an unknown class', { priorityClassName: 'zz' }, 'no PriorityClass with name zz was found'],
  [
    'another number',
    { priorityClassName: 'hi', priority: 5 },
    `the integer value of priority (5) ${mustNot} 1000 from the given PriorityClass name`,
  ],
  [
    'another policy',
    { preemptionPolicy: 'X' },
    `the string value of PreemptionPolicy (X) ${mustNot} PreemptLowerPriority from the given PriorityClass name`,
  ],
] as const) {
  test(`a pod with ${why} is refused`, async () => {
    await assert.rejects(run(podPriority, pod(spec), [high]), { code: 403, message: `pods "p" is forbidden: ${message}` })
  })
}

test('there is one default priority class at most, and those of the system stay', async () => {
  const second = { ...usual, metadata: { name: 'second' } }
  await assert.rejects(
    run(priorityClasses, second, [usual]),
    /PriorityClass usual is already marked as default. Only one default can exist/,
  )
  await run(priorityClasses, usual, [usual], { operation: 'UPDATE', old: usual })
  const system = { ...high, metadata: { name: 'system-node-critical' } }
  await assert.rejects(
    run(priorityClasses, system, [], { operation: 'DELETE', old: system }),
    /this is a system priority class and cannot be deleted/,
  )
})

const mirrorPod = (...owners: readonly { readonly uid: string }[]) => {
  const ownerReferences = owners.map(({ uid }) => ({ apiVersion: 'v1', kind: 'Node', name: 'n1', uid, controller: true }))
  return pod({ nodeName: 'n1' }, { annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences })
}
const csiNode = (name: string) => ({ apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name }, spec: { drivers: [] } })
const slice = (nodeName: string) => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceSlice',
  metadata: { name: 's' },
  spec: { nodeName },
})
const claimOf = (status: object) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: {}, status })
const ownNode = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'u1' }, spec: {} }

test('a new node is tainted as not ready, once', async () => {
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
  const fresh = await run<Node>(taintNodesByCondition, ownNode)
  assert.deepEqual(fresh.spec.taints, [taint])
  const tainted = await run<Node>(taintNodesByCondition, fresh)
  assert.deepEqual(tainted.spec.taints, [taint])
})

const nodeUser: UserInfo = { name: 'system:node:n1', groups: ['system:nodes'] }
const ownPod = pod({ nodeName: 'n1' })
const otherPod = pod({ nodeName: 'n2' })
const otherNode = { ...ownNode, metadata: { name: 'n2' } }
const labelled = (label: string) => ({ ...ownNode, metadata: { name: 'n1', labels: { [label]: 'x' } } })
const lease = (name: string) => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: 'kube-node-lease' } })

for (const [what, object, write, want] of [
  ['report on its pod', ownPod, { operation: 'UPDATE', subresource: 'status', old: ownPod }, undefined],
  [
    'report on a pod elsewhere',
    otherPod,
    { operation: 'UPDATE', subresource: 'status', old: otherPod },
    'node "n1" can only update pod status for pods with spec.nodeName set to itself',
  ],
  [
    'delete a pod elsewhere',
    otherPod,
    { operation: 'DELETE', old: otherPod },
    'node "n1" can only delete pods with spec.nodeName set to itself',
  ],
  ['create a pod', ownPod, {}, 'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods'],
  ['create a mirror pod', mirrorPod({ uid: 'u1' }), {}, undefined],
  ['create one of another node of its name', mirrorPod({ uid: 'u2' }), {}, 'node n1 UID mismatch: expected u2 got u1'],
  ['create one that nobody owns', mirrorPod(), {}, 'node "n1" can only create pods with an owner reference set to itself'],
  ['speak of its drivers', csiNode('n1'), {}, undefined],
  ['speak of the drivers of others', csiNode('n2'), {}, 'can only access CSINode with the same name as the requesting node'],
  ['publish its devices', slice('n1'), {}, undefined],
  ['publish the devices of others', slice('n2'), {}, 'can only create ResourceSlice with the same NodeName as the requesting node'],
  ['say how large a volume is', claimOf({ capacity: { storage: '1' } }), { operation: 'UPDATE', old: claimOf({}) }, undefined],
  [
    'bind a claim',
    claimOf({ phase: 'Bound' }),
    { operation: 'UPDATE', old: claimOf({}) },
    'node "n1" is not allowed to update fields other than status.quantity and status.conditions',
  ],
  ['register itself', ownNode, {}, undefined],
  ['register another', otherNode, {}, 'node "n1" is not allowed to modify node "n2"'],
  [
    'change its taints',
    { ...ownNode, spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
    { operation: 'UPDATE', old: ownNode },
    'node "n1" is not allowed to modify taints',
  ],
  ['label itself freely', labelled('example.com/x'), { operation: 'UPDATE', old: ownNode }, undefined],
  ['set a topology label', labelled('topology.kubernetes.io/zone'), { operation: 'UPDATE', old: ownNode }, undefined],
  [
    'set a restricted label',
    labelled('node-restriction.kubernetes.io/x'),
    { operation: 'UPDATE', old: ownNode },
    'is not allowed to modify labels: node-restriction.kubernetes.io/x',
  ],
  ['write its lease', lease('n1'), {}, undefined],
  ['write another lease', lease('n2'), {}, 'can only access node lease with the same name as the requesting node'],
] as const) {
  test(`a node may ${what}: ${want ?? 'yes'}`, async () => {
    const plugin = nodeRestriction(alwaysDeny).find(({ kinds = [] }) =>
      kinds.some((kind) => kind.kind === (object as { kind: string }).kind),
    )
    assert.ok(plugin)
    const written = run(plugin, object, [ownNode], { ...write, user: nodeUser } as Write)
    if (want === undefined) await written
    else await assert.rejects(written, (error: Error) => error.message.endsWith(`is forbidden: ${want}`))
  })
}

test('who may approve or sign depends on the signer', async () => {
  const request = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'r' },
    spec: { signerName: 'a.b/c', request: '' },
    status: {},
  }
  const signed = { ...request, status: { certificate: 'x' } }
  for (const [name, subresource, message] of [
    ['CertificateApproval', 'approval', 'user not permitted to approve requests with signerName "a.b/c"'],
    ['CertificateSigning', 'status', 'user not permitted to sign requests with signerName "a.b/c"'],
  ] as const) {
    const find = (authorizer: typeof alwaysAllow) =>
      chosenPlugins({ authorizer, clock: new VirtualClock(), kinds }, { enabled: [], disabled: [] }).find((plugin) => plugin.name === name)
    const write = { operation: 'UPDATE', subresource, old: request } as const
    const [allowed, denied] = [find(alwaysAllow), find(alwaysDeny)]
    assert.ok(allowed && denied)
    await run(allowed, signed, [], write)
    await assert.rejects(run(denied, signed, [], write), {
      code: 403,
      message: `certificatesigningrequests.certificates.k8s.io "r" is forbidden: ${message}`,
    })
  }
})

test('plugins are turned on and off by name; a name that nobody knows is a mistake', () => {
  const namesFor = (enabled: readonly string[], disabled: readonly string[]) =>
    chosenPlugins({ authorizer: alwaysAllow, clock: new VirtualClock(), kinds }, { enabled, disabled }).map(({ name }) => name)
  assert.ok(!namesFor([], []).includes('NodeRestriction'))
  assert.ok(namesFor(['NodeRestriction'], []).includes('NodeRestriction'))
  assert.ok(!namesFor([], ['ServiceAccount']).includes('ServiceAccount'))
  assert.throws(() => namesFor(['Nonsense'], []), /unknown admission plugin Nonsense/)
})
