/** Ports of a pod's containers that mean the same, or hardly what was meant (upstream: warningsForContainerPorts). */
import type { FieldPath } from '#meta/field-path'
import type { ContainerPort } from '../types.gen.ts'
import type { ContainerFields } from './container-fields.ts'

type Known = { readonly at: FieldPath; readonly port: ContainerPort }

export function portWarnings(containers: readonly (readonly [ContainerFields, FieldPath])[]): readonly string[] {
  const known = new Map<string, Known[]>()
  return containers.flatMap(([container, at]) =>
    (container.ports ?? []).flatMap((port, index) => {
      const here = at.field('ports').index(index)
      const key = `${port.containerPort}/${port.protocol ?? 'TCP'}`
      const others = known.get(key) ?? []
      known.set(key, [...others, { at: here, port }])
      return [...hostIpWarnings(port, here), ...others.flatMap((other) => conflictWarnings(port, here, other))]
    }),
  )
}

function hostIpWarnings(port: ContainerPort, at: FieldPath): readonly string[] {
  const { name = '', hostPort = 0, containerPort, protocol = 'TCP', hostIP = '' } = port
  if (hostIP === '' || hostPort !== 0) return []
  const shown = `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`
  return [`${at}: hostIP set without hostPort: ${shown}`]
}

function conflictWarnings(port: ContainerPort, at: FieldPath, other: Known): readonly string[] {
  const [hostPort, otherHostPort] = [port.hostPort ?? 0, other.port.hostPort ?? 0]
  const [hostIp, otherHostIp] = [port.hostIP ?? '', other.port.hostIP ?? '']
  const conflict =
    hostIp === otherHostIp && hostPort === otherHostPort
      ? 'duplicate'
      : hostPort === 0 || otherHostPort === 0
        ? 'overlapping'
        : hostPort === otherHostPort && (hostIp === '') !== (otherHostIp === '')
          ? 'dangerously ambiguous'
          : undefined
  return conflict === undefined ? [] : [`${at}: ${conflict} port definition with ${other.at}`]
}
