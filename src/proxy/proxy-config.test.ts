import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeConfig } from '#component/config-file'
import { conntrackSettings } from './conntrack-limits.ts'
import { proxyConfigOf, proxyConfigShape } from './proxy-config.ts'

const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n'
const read = (body: string) => proxyConfigOf(decodeConfig(head + body, 'proxy.yaml', proxyConfigShape))

test('an empty file means upstream’s defaults', () => {
  const config = read('')
  assert.equal(config.healthzBindAddress, '0.0.0.0:10256')
  assert.equal(config.metricsBindAddress, '127.0.0.1:10249')
  assert.equal(config.minSyncPeriodMs, 1000)
})

test('what kubeadm writes is read', () => {
  const config = read(`mode: nftables
clusterCIDR: 10.244.0.0/16
hostnameOverride: node-1
clientConnection: { kubeconfig: /var/lib/kube-proxy/kubeconfig.conf, qps: 0, burst: 0, acceptContentTypes: "", contentType: "" }
nftables: { masqueradeAll: true, minSyncPeriod: 2s, masqueradeBit: null, syncPeriod: 0s }
conntrack: { maxPerCore: null, min: null, tcpEstablishedTimeout: 1h0m0s, tcpCloseWaitTimeout: null }
detectLocal: { bridgeInterface: "", interfaceNamePrefix: "" }
nodePortAddresses: null
`)
  assert.equal(config.kubeconfig, '/var/lib/kube-proxy/kubeconfig.conf')
  assert.deepEqual([config.masqueradeAll, config.minSyncPeriodMs, config.conntrack.tcpEstablishedTimeoutMs], [true, 2000, 3_600_000])
})

for (const [why, body, message] of [
  ['an unknown field', 'moed: nftables', 'unknown field "moed"'],
  ['an unknown field inside', 'conntrack: { max: 1 }', 'unknown field "conntrack.max"'],
  ['an unknown mode', 'mode: userspace', 'mode: Invalid value: "userspace"'],
  ['an unknown way to know pods', 'detectLocalMode: Guess', 'detectLocalMode: Invalid value: "Guess"'],
  ['no duration', 'iptables: { minSyncPeriod: soon }', 'minSyncPeriod: Invalid value: "soon"'],
] as const) {
  test(`refused: ${why}`, () =>
    assert.throws(
      () => read(body),
      (error: Error) => error.message.includes(message),
    ))
}

test('connection tracking: so much a core, but not less than the least', () => {
  const { conntrack } = read('')
  const max = (cores: number) => conntrackSettings(conntrack, cores).find(({ path }) => path.endsWith('/nf_conntrack_max'))?.value
  assert.deepEqual([max(2), max(64)], [131_072, 2_097_152])
  assert.deepEqual(conntrackSettings({ ...conntrack, maxPerCore: 0, tcpEstablishedTimeoutMs: 0, tcpCloseWaitTimeoutMs: 0 }, 2), [])
})
