/** All controllers together against an API server in memory: what users see, from the outside. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import { silentLog } from '#base/env/log'
import { systemRandom } from '#base/env/random'
import { Client } from '#client/client'
import { fixedEndpoint } from '#client/endpoint'
import { HttpTransport } from '#client/http-transport'
import { Deployment } from '#kinds/apps/deployment.kind'
import { ReplicaSet } from '#kinds/apps/replica-set.kind'
import { CertificateSigningRequest } from '#kinds/certificates/certificate-signing-request.kind'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Endpoints } from '#kinds/core/endpoints.kind'
import { Event } from '#kinds/core/event.kind'
import { Namespace } from '#kinds/core/namespace.kind'
import { Node } from '#kinds/core/node.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { Service } from '#kinds/core/service.kind'
import { ServiceAccount } from '#kinds/core/service-account.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { hasReason, ignoreNotFound } from '#meta/status'
import { createAuthority } from '#net/pki/authority'
import { parseCertificate } from '#net/pki/certificate'
import { createPrivateKeyPem } from '#net/pki/private-key'
import { createSigningRequest } from '#net/pki/signing-request'
import { startTestApiServer, type TestApiServer } from '#testing/api-server'
import { defaultControllerOptions } from './all-controllers.ts'
import { runControllers } from './controller-manager.ts'
import { forAllSigners } from './controller-manager-flags.ts'
import { parseCidr } from './node-ipam/plan.ts'

/** Looks until `probe` yields something; the claim is what the failure says. */
async function eventually<T>(claim: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const endMs = Date.now() + 8000
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > endMs) assert.fail(`still waiting: ${claim}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function webDeployment(name: string, replicas: number, image = 'web:1'): Deployment {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }] }] } },
    },
    status: {},
  }
}

const logged: string[] = []
const log: Log = {
  ...silentLog,
  warn: (message, facts) => logged.push(`${message} ${JSON.stringify(facts)} ${String(facts?.['error'])}`),
  with: () => log,
}

for (const way of ['in process', 'over HTTPS'] as const) describeControllers(way)

function describeControllers(way: 'in process' | 'over HTTPS'): void {
  describe(`controllers ${way}`, () => {
    let api: TestApiServer
    let client: Client
    let transport: HttpTransport
    const stop = new AbortController()
    let running: Promise<void>

    before(async () => {
      api = await startTestApiServer()
      transport = new HttpTransport(fixedEndpoint(api.url, { tls: { caPem: api.ca }, headers: { authorization: `Bearer ${api.token}` } }), {
        clock: systemClock,
        userAgent: 'test',
      })
      client = way === 'in process' ? api.client : new Client(transport)
      const now = { nowMs: Date.now(), validForMs: 3_600_000 }
      const options = {
        ...defaultControllerOptions,
        rootCaPem: api.ca,
        signing: { ...defaultControllerOptions.signing, authorities: forAllSigners(await createAuthority('signer', now)) },
        nodeIpam: { clusterCidr: parseCidr('10.244.0.0/16') ?? { address: 0, prefix: 0 }, nodePrefix: 24 },
      }
      running = runControllers({ clock: systemClock, random: systemRandom, log, client }, options, stop.signal)
      await eventually('the default service account', async () =>
        ignoreNotFound(client.get(ServiceAccount, { namespace: 'default', name: 'default' })),
      )
    })

    after(async () => {
      stop.abort()
      await running
      transport[Symbol.dispose]()
      await api.close()
    })

    const podsOf = async (app: string) => (await client.list(Pod, { namespace: 'default', labelSelector: `app=${app}` })).items

    async function makeReady(app: string): Promise<void> {
      let index = 0
      for (const pod of await podsOf(app)) {
        index++
        if (pod.status?.conditions?.some(({ type }) => type === 'Ready')) continue
        const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }]
        const podIP = `10.0.0.${index}`
        await ignoreNotFound(
          client
            .updateStatus(Pod, { ...pod, status: { ...pod.status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions } })
            .catch((error: unknown) => {
              if (!hasReason(error, 'Conflict')) throw error
              return undefined
            }),
        )
      }
    }

    test('a Deployment becomes a ReplicaSet and pods, with events in upstream words', async () => {
      await client.create(Deployment, webDeployment('web', 3))
      await eventually('three pods', async () => (await podsOf('web')).length === 3)
      await makeReady('web')
      const deployment = await eventually('three available', async () => {
        await makeReady('web')
        const current = await client.get(Deployment, { namespace: 'default', name: 'web' })
        return current.status.availableReplicas === 3 && current
      })
      assert.equal(deployment.metadata.annotations?.['deployment.kubernetes.io/revision'], '1')
      const events = await eventually('events', async () => {
        const all = (await client.list(Event, { namespace: 'default' })).items
        return all.filter(({ reason }) => reason === 'SuccessfulCreate').length === 3 && all
      })
      const scaled = events.find(({ reason }) => reason === 'ScalingReplicaSet')
      assert.match(scaled?.message ?? '', /^Scaled up replica set web-[a-z0-9]+ from 0 to 3$/)
      assert.equal((await podsOf('web')).length, 3)
    })

    test('a new image rolls out and leaves one old, empty ReplicaSet', async () => {
      const before = await client.get(Deployment, { namespace: 'default', name: 'web' })
      await client.patch(
        Deployment,
        { namespace: 'default', name: 'web' },
        { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } } },
      )
      const after = await eventually('the new version available', async () => {
        await makeReady('web')
        const current = await client.get(Deployment, { namespace: 'default', name: 'web' })
        return (
          (current.status.observedGeneration ?? 0) > (before.metadata.generation ?? 0) &&
          current.status.updatedReplicas === 3 &&
          current.status.availableReplicas === 3 &&
          current.status.replicas === 3 &&
          current
        )
      })
      const progress = await eventually('complete', async () => {
        const current = await client.get(Deployment, { namespace: 'default', name: 'web' })
        return current.status.conditions?.find(({ type, reason }) => type === 'Progressing' && reason === 'NewReplicaSetAvailable')
      })
      assert.match(progress.message ?? '', /^ReplicaSet "web-[a-z0-9]+" has successfully progressed\.$/)
      assert.equal(after.metadata.annotations?.['deployment.kubernetes.io/revision'], '2')
      const sets = (await client.list(ReplicaSet, { namespace: 'default', labelSelector: 'app=web' })).items
      assert.deepEqual(
        sets.map(({ spec }) => spec.replicas).sort((a = 0, b = 0) => a - b),
        [0, 3],
      )
    })

    test('a Service has slices and Endpoints of its ready pods', async () => {
      await client.create(Service, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
        status: {},
      })
      const slice = await eventually('a slice of three', async () => {
        await makeReady('web')
        const { items } = await client.list(EndpointSlice, { namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' })
        return items.find(({ endpoints = [] }) => endpoints.filter(({ conditions }) => conditions?.ready).length === 3)
      })
      assert.deepEqual(slice.ports, [{ name: '', protocol: 'TCP', port: 8080 }])
      const endpoints = await eventually('endpoints', async () => {
        const found = await ignoreNotFound(client.get(Endpoints, { namespace: 'default', name: 'web' }))
        return found?.subsets?.[0]?.addresses?.length === 3 && found
      })
      assert.equal(endpoints.subsets?.[0]?.ports?.[0]?.port, 8080)
    })

    test('deleting the Deployment takes its ReplicaSets and pods along', async () => {
      await client.delete(Deployment, { namespace: 'default', name: 'web' })
      await eventually('nothing left', async () => {
        const sets = (await client.list(ReplicaSet, { namespace: 'default', labelSelector: 'app=web' })).items
        for (const pod of await podsOf('web'))
          if (pod.metadata.deletionTimestamp)
            await ignoreNotFound(client.delete(Pod, { namespace: 'default', name: pod.metadata.name ?? '' }, { gracePeriodSeconds: 0 }))
        return sets.length === 0 && (await podsOf('web')).length === 0
      })
    })

    test('orphaning leaves the ReplicaSet without an owner; foreground takes the dependents first', async () => {
      await client.create(Deployment, webDeployment('left', 1))
      await eventually('a pod', async () => (await podsOf('left')).length === 1)
      await client.delete(Deployment, { namespace: 'default', name: 'left' }, { propagationPolicy: 'Orphan' })
      await eventually(
        'the deployment gone',
        async () => (await ignoreNotFound(client.get(Deployment, { namespace: 'default', name: 'left' }))) === undefined,
      )
      const [set] = (await client.list(ReplicaSet, { namespace: 'default', labelSelector: 'app=left' })).items
      assert.equal(set?.metadata.ownerReferences?.length ?? 0, 0)
      await client.delete(ReplicaSet, { namespace: 'default', name: set?.metadata.name ?? '' }, { propagationPolicy: 'Foreground' })
      await eventually('the set and its pod gone', async () => {
        for (const pod of await podsOf('left'))
          if (pod.metadata.deletionTimestamp)
            await ignoreNotFound(client.delete(Pod, { namespace: 'default', name: pod.metadata.name ?? '' }, { gracePeriodSeconds: 0 }))
        return (
          (await client.list(ReplicaSet, { namespace: 'default', labelSelector: 'app=left' })).items.length === 0 &&
          (await podsOf('left')).length === 0
        )
      })
    })

    test('a namespace gets its account and authority, and goes with all that is in it', async () => {
      await client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'brief' }, spec: {}, status: {} })
      const map = await eventually('the root authority', async () =>
        ignoreNotFound(client.get(ConfigMap, { namespace: 'brief', name: 'kube-root-ca.crt' })),
      )
      assert.equal(map.data?.['ca.crt'], api.ca)
      await client.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace: 'brief' }, data: {} })
      await client.delete(Namespace, { name: 'brief' })
      await eventually('the namespace gone', async () => (await ignoreNotFound(client.get(Namespace, { name: 'brief' }))) === undefined)
      assert.equal((await client.list(ConfigMap, { namespace: 'brief' })).items.length, 0)
    })

    test('a node gets a range of addresses, and taints while it is not ready', async () => {
      const conditions = [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', lastHeartbeatTime: '2026-01-01T00:00:00Z' }]
      await client.create(Node, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {}, status: {} })
      await client.patch(Node, { name: 'n1' }, { type: 'strategic', subresource: 'status', body: { status: { conditions } } })
      const node = await eventually('range and taints', async () => {
        const current = await client.get(Node, { name: 'n1' })
        return (
          current.spec?.podCIDR !== undefined &&
          (current.spec.taints ?? []).filter(({ key }) => key === 'node.kubernetes.io/not-ready').length === 2 &&
          current
        )
      })
      assert.equal(node.spec?.podCIDR, '10.244.0.0/24')
      await client.delete(Node, { name: 'n1' })
    })

    test('an approved request of a client is signed', async () => {
      const subject = { commonName: 'jane', organizations: ['devs'] }
      const request = Buffer.from(await createSigningRequest(await createPrivateKeyPem(), { subject })).toString('base64')
      const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] }
      const csr = await client.create(CertificateSigningRequest, {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: 'jane' },
        spec,
        status: {},
      })
      const approved = { type: 'Approved', status: 'True', reason: 'Test', message: 'yes' }
      await client.update(CertificateSigningRequest, { ...csr, status: { conditions: [approved] } }, { subresource: 'approval' })
      const certificate = await eventually(
        'a certificate',
        async () => (await client.get(CertificateSigningRequest, { name: 'jane' })).status.certificate,
      )
      assert.deepEqual(parseCertificate(Buffer.from(certificate, 'base64').toString()).subject, subject)
    })

    test('at rest nothing is written', async () => {
      const versionOf = async () => (await client.list(Pod)).metadata.resourceVersion
      await new Promise((resolve) => setTimeout(resolve, 300))
      const before = await versionOf()
      await new Promise((resolve) => setTimeout(resolve, 500))
      assert.equal(await versionOf(), before)
      assert.deepEqual(logged, [])
    })
  })
}
