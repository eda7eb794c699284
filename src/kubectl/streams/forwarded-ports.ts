/** What `port-forward` is told: `8080`, `8080:80`, `:80`, `8080:http`; and what that means for a pod behind a service. */
import type { Pod, Service } from '#kinds/core/types.gen'
import { CommandError } from '../errors.ts'
import { allContainers } from '../pods/containers.ts'

/** A local port of 0 is any that is free. */
export type ForwardedPort = { readonly local: number; readonly remote: number }

type Written = { readonly local: string; readonly remote: string }

export function forwardedPorts(specs: readonly string[], pod: Pod, service: Service | undefined): readonly ForwardedPort[] {
  return specs.map((spec) => {
    const written = splitSpec(spec)
    const translated = service === undefined ? ofPod(written, pod) : ofService(written, service, pod)
    return parsed(translated)
  })
}

function splitSpec(spec: string): Written {
  const [local = '', remote] = spec.split(':')
  return { local, remote: remote ?? local }
}

/** A name is looked up among the ports of the containers. */
function ofPod({ local, remote }: Written, pod: Pod): Written {
  if (/^[0-9]+$/.test(remote)) return { local, remote }
  const number = containerPort(pod, remote)
  if (number === undefined) throw new CommandError(`Pod '${pod.metadata.name}' does not have a named port '${remote}'`)
  return { local: local === remote ? `${number}` : local, remote: `${number}` }
}

function ofService({ local, remote }: Written, service: Service, pod: Pod): Written {
  const { name = '' } = service.metadata
  const ports = service.spec?.ports ?? []
  const found = ports.find((port) => (/^[0-9]+$/.test(remote) ? port.port === Number(remote) : port.name === remote))
  if (found === undefined)
    throw new CommandError(
      /^[0-9]+$/.test(remote)
        ? `Service ${name} does not have a service port ${remote}`
        : `Service '${name}' does not have a named port '${remote}'`,
    )
  if (found.protocol === 'UDP') throw new CommandError(`UDP protocol is not supported for ${remote}`)
  const target = service.spec?.clusterIP === 'None' ? found.port : (found.targetPort ?? found.port)
  const number = typeof target === 'string' ? containerPort(pod, target) : target || found.port
  if (number === undefined) throw new CommandError(`Pod '${pod.metadata.name}' does not have a named port '${target}'`)
  return { local: local === remote ? `${found.port}` : local, remote: `${number}` }
}

function containerPort(pod: Pod, name: string): number | undefined {
  return allContainers(pod)
    .flatMap(({ ports = [] }) => ports)
    .find((port) => port.name === name)?.containerPort
}

function parsed({ local, remote }: Written): ForwardedPort {
  const ports = { local: local === '' ? 0 : portNumber(local, 'local'), remote: portNumber(remote, 'remote') }
  if (ports.remote === 0) throw new CommandError('remote port must be > 0')
  return ports
}

function portNumber(text: string, side: string): number {
  const refused = (why: string) =>
    new CommandError(`error parsing ${side} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
  if (!/^[0-9]+$/.test(text)) throw refused('invalid syntax')
  if (Number(text) > 65_535) throw refused('value out of range')
  return Number(text)
}
