/** Makes and removes the hosts' network: a bridge, and for each host a namespace with a cable to it. What is there is left as it is. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LocalError } from '../settings.ts'
import { type ControlPlaneHost, type HostBridge, hostBridgeName, namespacePrefixOf } from './hosts.ts'

const run = promisify(execFile)
const namespaceDir = '/run/netns'
/** What a host calls its own end of the cable. */
const hostInterface = 'eth0'

/** The words in front of a command that is to run on the host. */
export function onHost({ namespace }: ControlPlaneHost): readonly string[] {
  return ['nsenter', `--net=${join(namespaceDir, namespace)}`, '--']
}

export async function ensureHostNetwork(bridge: HostBridge, hosts: readonly ControlPlaneHost[]): Promise<void> {
  if (!hasInterface(bridge.name)) await ip('link', 'add', bridge.name, 'type', 'bridge')
  await ip('address', 'replace', `${bridge.address}/${bridge.prefixLength}`, 'dev', bridge.name)
  await ip('link', 'set', bridge.name, 'up')
  for (const host of hosts) await ensureHost(bridge, host)
}

async function ensureHost(bridge: HostBridge, { namespace, cable, address }: ControlPlaneHost): Promise<void> {
  if (!existsSync(join(namespaceDir, namespace))) await ip('netns', 'add', namespace)
  if (!hasInterface(cable)) await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', hostInterface, 'netns', namespace)
  await ip('link', 'set', cable, 'master', bridge.name, 'up')
  const inside = (...words: readonly string[]) => ip('-n', namespace, ...words)
  await inside('link', 'set', 'lo', 'up')
  await inside('address', 'replace', `${address}/${bridge.prefixLength}`, 'dev', hostInterface)
  await inside('link', 'set', hostInterface, 'up')
  // Kubelets, pods and services are reached by way of the machine.
  await inside('route', 'replace', 'default', 'via', bridge.address)
}

/** Needs only the names, so that a cluster whose settings are lost can be removed too. */
export async function removeHostNetwork({ name, bridge }: { readonly name: string; readonly bridge: string }): Promise<void> {
  const bridgeName = hostBridgeName(bridge)
  const namespaces = (await readdir(namespaceDir).catch(() => [])).filter((one) => isHostOf(name, one))
  for (const namespace of namespaces) await ip('netns', 'delete', namespace)
  const interfaces = (await readdir('/sys/class/net')).filter((one) => one.startsWith(bridgeName))
  for (const one of interfaces) await removeInterface(one)
}

/** A cable goes with its namespace, in its own time; unless a process that has not ended holds it. */
async function removeInterface(name: string): Promise<void> {
  try {
    await ip('link', 'delete', name)
  } catch (error) {
    if (hasInterface(name)) throw error
  }
}

function isHostOf(clusterName: string, namespace: string): boolean {
  const prefix = namespacePrefixOf(clusterName)
  return namespace.startsWith(prefix) && /^\d+$/.test(namespace.slice(prefix.length))
}

function hasInterface(name: string): boolean {
  return existsSync(`/sys/class/net/${name}`)
}

async function ip(...words: readonly string[]): Promise<void> {
  try {
    await run('ip', words)
  } catch (error) {
    const { stderr = '', message } = error as { readonly stderr?: string; readonly message: string }
    throw new LocalError(`ip ${words.join(' ')} failed: ${stderr.trim() || message}`, { cause: error })
  }
}
