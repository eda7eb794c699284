/** What `up` is told, against what the cluster was made with and what the machine has. */
import { existsSync } from 'node:fs'
import { BlockList, createServer, isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { boolFlag, intFlag, stringFlag } from '#component/flags'
import { refuseBadHosts } from './control-plane/hosts.ts'
import { hostAddress } from './host-address.ts'
import type { Layout } from './layout.ts'
import { LocalError, oneControlPlane, readSettings, type Settings, stateVersionOf, writeSettings } from './settings.ts'

export const settingsFlags = {
  name: stringFlag('navarch', 'name of the cluster and of its kubeconfig context'),
  'api-port': intFlag(6443, 'port of the API server'),
  'kubelet-port': intFlag(10250, 'port of the kubelet'),
  'node-name': stringFlag('', "name of the node; the machine's host name unless told otherwise"),
  'node-address': stringFlag('', "address of the node; the machine's first one unless told otherwise"),
  'pod-cidr': stringFlag('10.244.0.0/16', 'addresses of pods'),
  'service-cidr': stringFlag('10.96.0.0/12', 'addresses of services'),
  'control-planes': intFlag(
    1,
    'how many control planes the cluster has: 1, 3 or 5; several run on hosts of their own, with an etcd, on this machine',
  ),
  'control-plane-cidr': stringFlag(oneControlPlane.controlPlaneCidr, 'addresses of the hosts of several control planes'),
  bridge: stringFlag('nv0', "the bridge that the node's pods hang on"),
  systemd: boolFlag(false, 'let systemd keep the processes alive and start them at boot'),
}

type Flags = { readonly [K in keyof typeof settingsFlags]: (typeof settingsFlags)[K]['default'] }

const settingOf: Readonly<Record<Exclude<keyof Flags, 'systemd'>, keyof Settings>> = {
  name: 'name',
  'api-port': 'apiPort',
  'kubelet-port': 'kubeletPort',
  'node-name': 'nodeName',
  'node-address': 'nodeAddress',
  'pod-cidr': 'podCidr',
  'service-cidr': 'serviceCidr',
  'control-planes': 'controlPlanes',
  'control-plane-cidr': 'controlPlaneCidr',
  bridge: 'bridge',
}

/** The first `up` decides; a later one may not ask for something else. `given` are the flags that stood on the command line. */
export async function ensureSettings(flags: Flags, given: ReadonlySet<string>, layout: Layout): Promise<Settings> {
  const known = await readSettings(layout.settingsFile)
  if (known !== undefined) {
    refuseChanges(flags, given, known, layout.root)
    return known
  }
  const settings: Settings = {
    stateVersion: stateVersionOf(flags['control-planes']),
    name: flags.name,
    bridge: flags.bridge,
    nodeName: (flags['node-name'] || hostname()).toLowerCase(),
    nodeAddress: flags['node-address'] || hostAddress(),
    apiPort: flags['api-port'],
    kubeletPort: flags['kubelet-port'],
    podCidr: flags['pod-cidr'],
    serviceCidr: flags['service-cidr'],
    controlPlanes: flags['control-planes'],
    controlPlaneCidr: flags['control-plane-cidr'],
    supervisor: flags.systemd ? 'systemd' : 'shell',
  }
  refuseBadHosts(settings)
  if (flags.systemd && !existsSync('/run/systemd/system'))
    throw new LocalError('this machine does not run systemd: leave --systemd out, and the cluster keeps its processes alive itself')
  await refuseBusyPort('api-port', settings.apiPort)
  await refuseBusyPort('kubelet-port', settings.kubeletPort)
  const ranges = ['pod-cidr', 'service-cidr', ...(settings.controlPlanes === 1 ? [] : (['control-plane-cidr'] as const))] as const
  for (const flag of ranges) refuseTakenRange(flag, flags[flag], networkInterfaces())
  await writeSettings(layout.settingsFile, settings)
  return settings
}

export function refuseChanges(flags: Flags, given: ReadonlySet<string>, known: Settings, root: string): void {
  for (const flag of Object.keys(settingOf) as (keyof typeof settingOf)[]) {
    const was = known[settingOf[flag]]
    if (!given.has(flag) || flags[flag] === was) continue
    throw new LocalError(
      `the cluster in ${root} was made with --${flag}=${was}: leave the flag out, make another cluster with another --data-dir, or forget this one with "navarch down --purge"`,
    )
  }
}

async function refuseBusyPort(flag: string, port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new LocalError(`port ${port} is in use by another program: choose another with --${flag}`) : error,
      ),
    )
    server.listen(port, () => server.close(() => resolve()))
  })
}

/** Two networks with the same addresses on one machine reach neither. */
export function refuseTakenRange(flag: string, text: string, interfaces: ReturnType<typeof networkInterfaces>): void {
  const range = rangeOf(flag, text)
  for (const [name, addresses] of Object.entries(interfaces))
    for (const { address, family } of addresses ?? [])
      if (range.check(address, family === 'IPv4' ? 'ipv4' : 'ipv6'))
        throw new LocalError(`the range ${text} is in use: ${name} has the address ${address}; choose another with --${flag}`)
}

function rangeOf(flag: string, text: string): BlockList {
  const range = new BlockList()
  const [address = '', length = ''] = text.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  try {
    if (!/^\d+$/.test(length)) throw new RangeError('no length')
    range.addSubnet(address, Number(length), family)
  } catch (error) {
    throw new LocalError(`--${flag}=${text} is not a range of addresses, such as 10.244.0.0/16`, { cause: error })
  }
  return range
}
