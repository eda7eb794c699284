/** Ports of containers (upstream: validateContainerPorts, checkHostPortConflicts). */
import { duplicate, type FieldErrors, type FieldPath, invalid, notSupported, required } from '#meta/field-path'
import { isPortName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { validatePort } from '../../number-validation.ts'
import { protocols } from '../protocols.ts'
import type { Container, ContainerPort, PodSpec } from '../types.gen.ts'

export function* validateContainerPorts(ports: readonly ContainerPort[], at: FieldPath): FieldErrors {
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const here = at.index(index)
    const { name = '', containerPort = 0, hostPort = 0, protocol = '' } = port
    if (name !== '') {
      const problems = isPortName(name)
      yield* invalidEach(here.field('name'), name, problems)
      if (problems.length === 0 && names.has(name)) yield duplicate(here.field('name'), name)
      names.add(name)
    }
    if (containerPort === 0) yield required(here.field('containerPort'))
    else yield* validatePort(containerPort, here.field('containerPort'))
    if (hostPort !== 0) yield* validatePort(hostPort, here.field('hostPort'))
    if (protocol === '') yield required(here.field('protocol'))
    else if (!protocols.includes(protocol)) yield notSupported(here.field('protocol'), protocol, protocols)
  }
}

/** A port of the node can be taken once. */
export function* validateHostPorts(containers: readonly Container[], at: FieldPath): FieldErrors {
  const taken = new Set<string>()
  for (const [index, container] of containers.entries()) {
    for (const [position, { hostPort = 0, protocol, hostIP = '' }] of (container.ports ?? []).entries()) {
      if (hostPort === 0) continue
      const key = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(key)) yield duplicate(at.index(index).field('ports').index(position).field('hostPort'), key)
      taken.add(key)
    }
  }
}

/** On the network of its node a container listens where it is reached. */
export function* validateHostNetworkPorts({ hostNetwork, containers }: PodSpec, at: FieldPath): FieldErrors {
  if (hostNetwork !== true) return
  for (const [index, { ports = [] }] of (containers ?? []).entries()) {
    for (const [position, { hostPort, containerPort }] of ports.entries()) {
      if (hostPort && hostPort !== containerPort)
        yield invalid(
          at.index(index).field('ports').index(position).field('hostPort'),
          hostPort,
          'must match `containerPort` when `hostNetwork` is true',
        )
    }
  }
}
