import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#kinds/core/pod/pod.kind'
import type { Service } from '#kinds/core/service.kind'
import type { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { sliceOwnerOf } from './controller.ts'
import { planSlices } from './plan.ts'
import { endpointGroups } from './service-endpoints.ts'

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 's', labels: { team: 'a' } },
  spec: { selector: { app: 'web' }, clusterIP: '10.96.0.1', ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  status: {},
}

function pod(name: string, { isReady = true, isDeleted = false, port = 8080, phase = 'Running', ip = `10.0.0.${name}` } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      labels: { app: 'web' },
      ...(isDeleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: port }] }] },
    status: { phase, podIP: ip, podIPs: ip === '' ? [] : [{ ip }], conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  }
}

const groupsOf = (pods: readonly Pod[], of = service) => endpointGroups(of, pods, 'IPv4', () => undefined)
const conditionsOf = (pods: readonly Pod[], of = service) =>
  groupsOf(pods, of).flatMap(({ endpoints }) => endpoints.map(({ conditions }) => conditions))

test('endpoints: ready, serving and terminating tell a pod state', () => {
  assert.deepEqual(conditionsOf([pod('1'), pod('2', { isReady: false }), pod('3', { isDeleted: true })]), [
    { ready: true, serving: true, terminating: false },
    { ready: false, serving: false, terminating: false },
    { ready: false, serving: true, terminating: true },
  ])
})

test('endpoints: pods without address, finished ones and strangers are none', () => {
  const stranger = { ...pod('4'), metadata: { ...pod('4').metadata, labels: { app: 'other' } } }
  assert.deepEqual(groupsOf([pod('1', { ip: '' }), pod('2', { phase: 'Succeeded' }), stranger]), [])
})

test('endpoints: a service can ask for those that are not ready', () => {
  const eager = { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } }
  assert.equal(conditionsOf([pod('1', { isReady: false })], eager)[0]?.ready, true)
})

test('endpoints: a named port is looked up in each pod', () => {
  const groups = groupsOf([pod('1'), pod('2', { port: 9090 })])
  assert.deepEqual(
    groups.map(({ ports }) => ports[0]?.port),
    [8080, 9090],
  )
})

/** What the server would hold after the plan. */
function applied(existing: readonly EndpointSlice[], pods: readonly Pod[], max = 2): readonly EndpointSlice[] {
  const plan = planSlices(sliceOwnerOf(service), 'IPv4', groupsOf(pods), existing, max)
  const kept = existing
    .filter((slice) => !plan.remove.includes(slice))
    .map((slice) => plan.update.find(({ metadata }) => metadata.name === slice.metadata.name) ?? slice)
  return [
    ...kept,
    ...plan.create.map((slice, index) => ({ ...slice, metadata: { ...slice.metadata, name: `new-${existing.length + index}` } })),
  ]
}

const layout = (slices: readonly EndpointSlice[]) =>
  slices.map(({ endpoints = [] }) => endpoints.map(({ targetRef }) => targetRef?.name).join())

test('slices: endpoints fill slices up to their size and stay where they are', () => {
  const first = applied(
    [],
    ['1', '2', '3'].map((name) => pod(name)),
  )
  assert.deepEqual(layout(first), ['1,2', '3'])
  const second = applied(
    first,
    ['2', '3', '4'].map((name) => pod(name)),
  )
  assert.deepEqual(layout(second).sort(), ['2,4', '3'].sort())
  const plan = planSlices(sliceOwnerOf(service), 'IPv4', groupsOf(['2', '3', '4'].map((name) => pod(name))), second, 2)
  assert.deepEqual([plan.create.length, plan.update.length, plan.remove.length], [0, 0, 0])
})

test('slices: a service without pods keeps one empty slice', () => {
  const none = applied(
    applied(
      [],
      ['1', '2', '3'].map((name) => pod(name)),
    ),
    [],
  )
  assert.deepEqual(layout(none), [''])
  assert.deepEqual(layout(applied(none, [])), [''])
})

test('slices: they carry the labels that say whose they are', () => {
  const [slice] = applied([], [pod('1')])
  assert.deepEqual(slice?.metadata.labels, {
    team: 'a',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  })
})
