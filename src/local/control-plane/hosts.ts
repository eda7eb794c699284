/**
 * The hosts of a cluster with several control planes: network namespaces of this machine on a bridge of their own, each with an address. Pure.
 */
import { isIPv4 } from 'node:net'
import { LocalError, type Settings } from '../settings.ts'

export type ControlPlaneHost = {
  /** From 1 on. */
  readonly number: number
  /** As the host calls itself. */
  readonly name: string
  readonly address: string
  /** Its network namespace. */
  readonly namespace: string
  /** Its cable: the end that hangs on the bridge. */
  readonly cable: string
}

/** The bridge that the hosts hang on, and the machine's own address there. */
export type HostBridge = { readonly name: string; readonly address: string; readonly prefixLength: number }

type Facts = Pick<Settings, 'name' | 'bridge' | 'controlPlanes' | 'controlPlaneCidr'>

/** Linux names interfaces with up to 15 letters. */
const interfaceNameMax = 15
const bridgeSuffix = 'cp'
const controlPlanesMax = 5

/** None where the only control plane runs on the machine itself. */
export function controlPlaneHosts({ name, bridge, controlPlanes, controlPlaneCidr }: Facts): readonly ControlPlaneHost[] {
  if (controlPlanes === 1) return []
  return Array.from({ length: controlPlanes }, (_, index) => {
    const number = index + 1
    const own = `${namespacePrefixOf(name)}${number}`
    return {
      number,
      name: own,
      address: nthAddress(controlPlaneCidr, number + 1),
      namespace: own,
      cable: `${hostBridgeName(bridge)}${number}`,
    }
  })
}

export function hostBridge({ bridge, controlPlaneCidr }: Pick<Facts, 'bridge' | 'controlPlaneCidr'>): HostBridge {
  const [, length = ''] = controlPlaneCidr.split('/')
  return { name: hostBridgeName(bridge), address: nthAddress(controlPlaneCidr, 1), prefixLength: Number(length) }
}

export function hostBridgeName(bridge: string): string {
  return `${bridge}${bridgeSuffix}`
}

export function namespacePrefixOf(clusterName: string): string {
  return `${clusterName}-cp`
}

/** An even number tolerates no more losses than the odd one below it. */
export function refuseBadHosts({ bridge, controlPlanes, controlPlaneCidr, supervisor }: Facts & Pick<Settings, 'supervisor'>): void {
  if (controlPlanes === 1) return
  if (controlPlanes < 1 || controlPlanes > controlPlanesMax || controlPlanes % 2 === 0)
    throw new LocalError(`--control-planes=${controlPlanes}: use 1, 3 or 5, so that a majority is left when one is lost`)
  if (supervisor === 'systemd')
    throw new LocalError(
      '--systemd works with one control plane only: the hosts of several do not come back by themselves when the machine starts',
    )
  if (`${hostBridgeName(bridge)}${controlPlanes}`.length > interfaceNameMax)
    throw new LocalError(`--bridge=${bridge} is too long for several control planes: use at most ${interfaceNameMax - 3} letters`)
  const [address = '', length = ''] = controlPlaneCidr.split('/')
  if (!isIPv4(address) || !/^\d+$/.test(length) || Number(length) > 28)
    throw new LocalError(`--control-plane-cidr=${controlPlaneCidr} is no IPv4 range with room for the hosts, such as 10.89.0.0/24`)
}

/** The n-th address behind the network's own. */
function nthAddress(cidr: string, n: number): string {
  const [network = '', length = '0'] = cidr.split('/')
  const number = network.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  const size = 2 ** (32 - Number(length))
  const nth = number - (number % size) + n
  return [24, 16, 8, 0].map((shift) => Math.floor(nth / 2 ** shift) % 256).join('.')
}
