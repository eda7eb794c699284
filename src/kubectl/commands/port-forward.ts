/** `kubectl port-forward`: ports of a pod on this machine. */
import type { Socket } from 'node:net'
import { durationFlag, listFlag } from '#component/flags'
import type { Pod, Service } from '#kinds/core/types.gen'
import { resourcePath } from '#meta/kind'
import { dialPortForward, type PortForwardClient } from '#net/streams/port-forward'
import { type Call, defineCommand } from '../command.ts'
import { pods } from '../describe/collections.ts'
import { CommandError, messageOf, UsageError } from '../errors.ts'
import { namedTarget, podsOf } from '../pods/pods-of.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { dialled, dialTargetOf } from '../streams/dial-target.ts'
import { type ForwardedPort, forwardedPorts } from '../streams/forwarded-ports.ts'
import { forwardConnection, listenAddresses, listenOn } from '../streams/listeners.ts'

const forwardFlags = {
  address: listFlag(['localhost'], 'Addresses to listen on, such as 0.0.0.0.'),
  'pod-running-timeout': durationFlag(60_000, 'How long to wait until a pod of the object runs.'),
}

type ForwardCall = Call<typeof forwardFlags>

export const portForward = defineCommand({
  name: 'port-forward',
  summary: 'Forward one or more local ports to a pod',
  description: 'Goes on until it is interrupted, or the pod ends.',
  examples: [
    ['Ports 5000 and 6000 here, the same ports of the pod', 'kubectl port-forward pod/mypod 5000 6000'],
    ['Port 8888 here, port 5000 of the pod', 'kubectl port-forward pod/mypod 8888:5000'],
    ['Any free port here', 'kubectl port-forward pod/mypod :5000'],
    ['A pod behind a service', 'kubectl port-forward service/myservice 8443:https'],
  ],
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  flags: forwardFlags,
  async run(call) {
    const { flags, args } = call
    const [word = '', ...specs] = args
    if (specs.length === 0) throw new UsageError('TYPE/NAME and list of ports are required for port-forward')
    const target = await namedTarget(call, { words: [word] })
    const wanted = { refusal: 'cannot attach to', timeoutMs: flags['pod-running-timeout'], restarts: 'few-first' } as const
    const [pod] = await podsOf(call, target, wanted)
    if (pod === undefined) throw new CommandError('no pod to forward to')
    const ports = forwardedPorts(specs, pod, serviceOf(target.object))
    if (pod.status?.phase !== 'Running')
      throw new CommandError(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`)
    await forward(call, pod, ports)
  },
})

function serviceOf(object: AnyObject): Service | undefined {
  return object.kind === 'Service' ? (object as unknown as Service) : undefined
}

async function forward(call: ForwardCall, pod: Pod, ports: readonly ForwardedPort[]): Promise<void> {
  const path = resourcePath(pods, pod.metadata.namespace, encodeURIComponent(pod.metadata.name ?? ''), 'portforward')
  const target = await dialTargetOf(call.cluster, path)
  const client = await dialled(dialPortForward(target, ['websocket', 'spdy'], call.signal))
  const serve = (socket: Socket, port: ForwardedPort) => void serveConnection(call, client, socket, port)
  const servers = await listenOn(ports, listenAddresses(call.flags.address), serve, call)
  await client.closed
  for (const server of servers) server.close()
  throw new CommandError('lost connection to pod')
}

/** As upstream: one connection that fails ends the forwarding, since the pod may be another one by now. */
async function serveConnection({ out, err }: ForwardCall, client: PortForwardClient, socket: Socket, port: ForwardedPort): Promise<void> {
  out(`Handling connection for ${port.local}\n`)
  const reason = await forwardConnection(client, socket, port.remote).catch((error: unknown) => messageOf(error))
  if (reason === '') return
  err(`an error occurred forwarding ${port.local} -> ${port.remote}: ${reason}\n`)
  client.close()
}
