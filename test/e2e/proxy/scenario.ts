/** Run by `proxy.test.ts` inside of the node's namespace. Ends with status 0 when every service behaved. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { systemRandom } from '#base/env/random'
import { Informers } from '#client/informers'
import { parseFlags } from '#component/flags'
import { Node } from '#kinds/core/node.kind'
import { Service } from '#kinds/core/service.kind'
import { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { kubeProxy } from '#proxy/main'
import { createProxy } from '#proxy/proxy'
import { kubeconfigOf, startTestApiServer, type TestApiServer } from '#testing/api-server'

const podProgram = join(import.meta.dirname, 'pod-program.mjs')
const [a, b, outside] = ['10.77.0.2', '10.77.0.3', '192.168.77.2']
const env = { clock: systemClock, random: systemRandom, log: process.env['VERBOSE'] ? consoleLog() : silentLog }

const programs: ChildProcess[] = []
try {
  for (const name of ['pod-a', 'pod-b', 'client']) {
    programs.push(spawn('ip', ['netns', 'exec', `nvproxy-${name}`, process.execPath, podProgram, name], { stdio: 'inherit' }))
  }
  await eventually(async () => {
    for (const address of [a, b, outside]) assert.match(await call(`http://${address}:8080/`), /^(pod|client)/)
  })
  await runScenario()
} finally {
  for (const program of programs) program.kill('SIGKILL')
}

async function runScenario(): Promise<void> {
  await using api = await startTestApiServer()
  await using informers = new Informers({ ...env, client: api.client })
  const proxy = createProxy(
    { env, informers },
    {
      nodeName: 'node',
      tableName: 'nvproxy-test',
      clusterCidr: '10.77.0.0/16',
      nodeAddresses: ['192.168.77.1'],
      podBridge: 'nv0',
      minSyncPeriodMs: 50,
    },
  )
  const stop = new AbortController()
  const running = proxy.run(stop.signal)
  const cluster = {
    service: async (name: string, clusterIP: string, spec: object, protocol = 'TCP') => {
      const ports = [{ port: 80, targetPort: 8080, protocol, ...('nodePort' in spec ? { nodePort: spec.nodePort } : {}) }]
      const { nodePort: _, ...rest } = { nodePort: 0, ...spec }
      await api.client.create(Service, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'default' },
        spec: { clusterIP, ports, ...rest },
      } as unknown as Service)
    },
    slice: async (name: string, addresses: readonly string[], protocol = 'TCP', nodeName = 'node') => {
      const endpoints = addresses.map((address) => ({ addresses: [address], conditions: { ready: true }, nodeName }))
      const metadata = { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } }
      const slice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        addressType: 'IPv4',
        endpoints,
        ports: [{ name: '', port: 8080, protocol }],
      } as unknown as EndpointSlice
      await api.client.delete(EndpointSlice, { name: metadata.name, namespace: 'default' }).catch(() => {})
      await api.client.create(EndpointSlice, slice)
    },
  }
  await checkClusterIp(cluster)
  await checkHairpin(cluster)
  await checkNodePort(cluster)
  await checkPolicyLocal(cluster)
  await checkAffinity(cluster)
  await checkUdp(cluster)
  await checkSurvival(cluster)
  stop.abort()
  await running
  assert.match(tables(), /nvproxy-test/, 'the rules outlive the proxy')
  await proxy.cleanup()
  assert.doesNotMatch(tables(), /nvproxy-test/, 'cleanup takes them away')
  await proxy.cleanup()
  await checkProgram(api)
}

type Cluster = {
  service(name: string, clusterIP: string, spec: object, protocol?: string): Promise<void>
  slice(name: string, addresses: readonly string[], protocol?: string, nodeName?: string): Promise<void>
}

async function checkClusterIp(cluster: Cluster): Promise<void> {
  await cluster.service('web', '10.96.0.10', {})
  await eventually(async () => assert.equal(await call('http://10.96.0.10/'), 'ECONNREFUSED', 'no endpoints: refused on the node'))
  assert.equal(await callFrom(a, 'http://10.96.0.10/'), 'ECONNREFUSED', 'no endpoints: refused for pods')
  await cluster.slice('web', [a, b])
  await eventually(async () => assert.match(await call('http://10.96.0.10/'), /^pod-/, 'the node itself reaches it'))
  for (const from of [a, b, outside]) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => callFrom(from, 'http://10.96.0.10/')))
    assert.deepEqual(
      new Set(answers.map((answer) => answer.split(' ')[0])),
      new Set(['pod-a', 'pod-b']),
      `${from} reaches both: ${answers.join(', ')}`,
    )
  }
  assert.equal(await callFrom(a, 'http://10.96.0.10:81/'), 'ECONNREFUSED', 'a port that the service does not have')
  await cluster.slice('web', [b])
  await eventually(async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => callFrom(outside, 'http://10.96.0.10/')))
    assert.ok(
      answers.every((answer) => answer.startsWith('pod-b ')),
      answers.join(', '),
    )
  })
  const isTracked = readFileSync('/proc/sys/net/bridge/bridge-nf-call-iptables', 'utf8').trim() === '1'
  assert.equal(
    await callFrom(a, 'http://10.96.0.10/'),
    isTracked ? `pod-b ${a}` : 'pod-b 10.77.0.1',
    "the caller's address is kept where answers pass connection tracking",
  )
}

async function checkHairpin(cluster: Cluster): Promise<void> {
  await cluster.service('self', '10.96.0.11', {})
  await cluster.slice('self', [a])
  await eventually(async () => assert.equal(await callFrom(a, 'http://10.96.0.11/'), 'pod-a 10.77.0.1'))
}

async function checkNodePort(cluster: Cluster): Promise<void> {
  await cluster.service('port', '10.96.0.12', { type: 'NodePort', nodePort: 30080, externalIPs: ['203.0.113.7'] })
  await eventually(async () => assert.equal(await callFrom(outside, 'http://192.168.77.1:30080/'), 'ECONNREFUSED'))
  await cluster.slice('port', [b])
  await eventually(async () => assert.equal(await callFrom(outside, 'http://192.168.77.1:30080/'), 'pod-b 10.77.0.1'))
  assert.match(await call('http://192.168.77.1:30080/'), /^pod-b /, 'from the node itself')
  assert.match(await callFrom(b, 'http://192.168.77.1:30080/'), /^pod-b /, 'from the pod to itself')
  assert.match(await callFrom(outside, 'http://203.0.113.7/'), /^pod-b /, 'an external address')
  assert.equal(await callFrom(outside, 'http://10.77.0.1:30080/'), 'ECONNREFUSED', 'not on other addresses of the node')
}

async function checkPolicyLocal(cluster: Cluster): Promise<void> {
  await cluster.service('local', '10.96.0.13', { type: 'NodePort', nodePort: 30081, externalTrafficPolicy: 'Local' })
  await cluster.slice('local', [b])
  await eventually(async () =>
    assert.equal(await callFrom(outside, 'http://192.168.77.1:30081/'), `pod-b ${outside}`, "the caller's address is kept"),
  )
  await cluster.slice('local', [b], 'TCP', 'elsewhere')
  await eventually(async () =>
    assert.equal(await callFrom(outside, 'http://192.168.77.1:30081/'), 'ETIMEDOUT', 'no endpoint on this node: dropped'),
  )
  assert.match(await callFrom(a, 'http://192.168.77.1:30081/'), /^pod-b /, 'pods of the cluster get through all the same')
}

async function checkAffinity(cluster: Cluster): Promise<void> {
  await cluster.service('sticky', '10.96.0.14', { sessionAffinity: 'ClientIP' })
  await cluster.slice('sticky', [a, b])
  await eventually(async () => assert.match(await callFrom(outside, 'http://10.96.0.14/'), /^pod-/))
  const first = await callFrom(outside, 'http://10.96.0.14/')
  const answers = await Promise.all(Array.from({ length: 20 }, () => callFrom(outside, 'http://10.96.0.14/')))
  assert.deepEqual([...new Set(answers)], [first], 'a client stays with its pod')
  const [gone, left] = first.startsWith('pod-a') ? [a, 'pod-b'] : [b, 'pod-a']
  await cluster.slice('sticky', [gone === a ? b : a])
  await eventually(async () => assert.ok((await callFrom(outside, 'http://10.96.0.14/')).startsWith(left), 'until that is gone'))
}

async function checkUdp(cluster: Cluster): Promise<void> {
  await cluster.service('dns', '10.96.0.15', {}, 'UDP')
  await cluster.slice('dns', [a], 'UDP')
  const ask = () => call(`http://${outside}:8080/udp?address=10.96.0.15&port=80&source=5555`)
  await eventually(async () => assert.equal(await ask(), 'pod-a'))
  await cluster.slice('dns', [b], 'UDP')
  await eventually(async () => assert.equal(await ask(), 'pod-b', 'a client that keeps its port is not stuck with the old pod'))
}

/** Someone empties the rule set, as a firewall that reloads does: everything is written anew. */
async function checkSurvival(cluster: Cluster): Promise<void> {
  execFileSync('nft', ['flush', 'ruleset'])
  await eventually(async () => assert.match(tables(), /nvproxy-test/, 'the table is back'))
  await eventually(async () => assert.match(await call('http://10.96.0.10/'), /^pod-b/, 'without any change of a service'))
  await cluster.service('late', '10.96.0.16', {})
  await cluster.slice('late', [b])
  await eventually(async () => assert.match(await call('http://10.96.0.16/'), /^pod-b/))
}

/** The same as a program of its own, from a configuration file as kubeadm writes it. */
async function checkProgram(api: TestApiServer): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'navarch-proxy-'))
  try {
    writeFileSync(join(directory, 'kubeconfig'), kubeconfigOf(api))
    const config = {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: 'nftables',
      clientConnection: { kubeconfig: join(directory, 'kubeconfig') },
      clusterCIDR: '10.77.0.0/16',
      detectLocal: { bridgeInterface: 'nv0' },
      hostnameOverride: 'node',
      conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    }
    writeFileSync(join(directory, 'config.yaml'), JSON.stringify(config))
    await api.client.create(Node, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } } as unknown as Node)
    const node = await api.client.get(Node, { name: 'node' })
    await api.client.updateStatus(Node, {
      ...node,
      status: { ...node.status, addresses: [{ type: 'InternalIP', address: '192.168.77.1' }] },
    })
    const { values } = parseFlags(kubeProxy.flags, ['--config', join(directory, 'config.yaml')])
    const stop = new AbortController()
    const running = kubeProxy.run(env, values, stop.signal)
    await eventually(async () => assert.match(await callFrom(outside, 'http://192.168.77.1:30080/'), /^pod-b/))
    assert.equal(await callFrom(a, 'http://10.96.0.10/'), await callFrom(a, 'http://10.96.0.16/'))
    await eventually(async () => assert.equal(await call('http://127.0.0.1:10256/healthz'), 'ok'))
    assert.match(await call('http://127.0.0.1:10249/metrics'), /kubeproxy_sync_full_proxy_rules_duration_seconds_count 1/)
    stop.abort()
    await running
    await kubeProxy.run(env, parseFlags(kubeProxy.flags, ['--cleanup']).values, new AbortController().signal)
    assert.doesNotMatch(tables(), /navarch-proxy/)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function callFrom(from: string, url: string): Promise<string> {
  return call(`http://${from}:8080/call?url=${encodeURIComponent(url)}`)
}

function call(url: string): Promise<string> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 3000 }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text))
    })
    request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'))
  })
}

/** Repeats until the claim holds; the last failure is the one told. */
async function eventually(claim: () => Promise<void>): Promise<void> {
  const endMs = Date.now() + 5000
  for (;;) {
    try {
      return await claim()
    } catch (error) {
      if (Date.now() > endMs) throw error
      await delay(50)
    }
  }
}

function tables(): string {
  return execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })
}

function consoleLog(): typeof silentLog {
  const write = (message: string, facts: unknown) => console.error(message, facts ?? '')
  return { debug: write, info: write, warn: write, error: write, with: consoleLog }
}
