/**
 * kube-proxy against a real kernel, in network namespaces of its own: a node with a bridge, two pods on it, a client outside. The
 * scenario runs inside of the node's namespace, so that nothing of this machine's own network is touched.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const skip = process.getuid?.() === 0 ? false : 'network namespaces need root'
const [node, podA, podB, client] = ['nvproxy-node', 'nvproxy-pod-a', 'nvproxy-pod-b', 'nvproxy-client']

for (const bridgeIsTracked of [false, true]) {
  test(`services work for pods on one bridge, the node and a client outside, ${bridgeIsTracked ? 'with' : 'without'} br_netfilter`, {
    skip,
    timeout: 60_000,
  }, () => {
    try {
      build(bridgeIsTracked)
      const scenario = join(import.meta.dirname, 'proxy/scenario.ts')
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env
      const { status, stdout, stderr } = spawnSync('ip', ['netns', 'exec', node, process.execPath, scenario], {
        encoding: 'utf8',
        env: environment,
        timeout: 50_000,
      })
      assert.equal(status, 0, `${stdout}\n${stderr}`)
    } finally {
      tearDown()
    }
  })
}

function build(bridgeIsTracked: boolean): void {
  tearDown()
  for (const name of [node, podA, podB, client]) ip('netns', 'add', name)
  for (const name of [node, podA, podB, client]) ip('-n', name, 'link', 'set', 'lo', 'up')
  ip('-n', node, 'link', 'add', 'nv0', 'type', 'bridge')
  ip('-n', node, 'addr', 'add', '10.77.0.1/24', 'dev', 'nv0')
  ip('-n', node, 'link', 'set', 'nv0', 'up')
  addPod(podA, 'port-a', '10.77.0.2')
  addPod(podB, 'port-b', '10.77.0.3')
  ip('-n', node, 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', client)
  for (const [name, device, address] of [
    [node, 'up0', '192.168.77.1/24'],
    [client, 'eth0', '192.168.77.2/24'],
  ] as const) {
    ip('-n', name, 'addr', 'add', address, 'dev', device)
    ip('-n', name, 'link', 'set', device, 'up')
  }
  ip('-n', client, 'route', 'add', 'default', 'via', '192.168.77.1')
  ip('-n', node, 'route', 'add', 'default', 'via', '192.168.77.2')
  setKernel('net/ipv4/ip_forward', '1')
  setKernel('net/bridge/bridge-nf-call-iptables', bridgeIsTracked ? '1' : '0')
}

function addPod(name: string, port: string, address: string): void {
  ip('-n', node, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('-n', node, 'link', 'set', port, 'master', 'nv0', 'up')
  ip('-n', node, 'link', 'set', port, 'type', 'bridge_slave', 'hairpin', 'on')
  ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
  ip('-n', name, 'link', 'set', 'eth0', 'up')
  ip('-n', name, 'route', 'add', 'default', 'via', '10.77.0.1')
}

/** Takes the interfaces along. */
function tearDown(): void {
  for (const name of [podA, podB, client, node]) spawnSync('ip', ['netns', 'delete', name])
}

function setKernel(path: string, value: string): void {
  const { status, stderr } = spawnSync('ip', ['netns', 'exec', node, 'sh', '-c', `echo ${value} > /proc/sys/${path}`], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  assert.equal(status, 0, `ip ${args.join(' ')}: ${stderr}`)
}
