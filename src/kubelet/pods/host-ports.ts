/** Ports of the node itself that pods take: two cannot have the same one on the same address. Pure. */
import type { ContainerPort, Pod } from '#kinds/core/types.gen'

export function hasPortConflict(pod: Pod, others: readonly Pod[]): boolean {
  const wanted = hostPortsOf(pod)
  return wanted.length > 0 && others.flatMap(hostPortsOf).some((taken) => wanted.some((port) => isSamePort(port, taken)))
}

/** Init containers that end give theirs back before others need them. */
function hostPortsOf({ spec }: Pod): readonly ContainerPort[] {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...(spec?.containers ?? []), ...sidecars].flatMap(({ ports = [] }) => ports).filter(({ hostPort = 0 }) => hostPort > 0)
}

function isSamePort(one: ContainerPort, other: ContainerPort): boolean {
  if (one.hostPort !== other.hostPort || (one.protocol ?? 'TCP') !== (other.protocol ?? 'TCP')) return false
  const [address, otherAddress] = [addressOf(one), addressOf(other)]
  return address === otherAddress || address === '' || otherAddress === ''
}

/** Empty for all addresses. */
function addressOf({ hostIP = '' }: ContainerPort): string {
  return hostIP === '0.0.0.0' || hostIP === '::' ? '' : hostIP
}
