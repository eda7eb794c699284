/** Exec, attach, port-forward and run: the runtime's streaming server on one side, whoever called the kubelet on the other. */
import type { Clock } from '#base/env/clock'
import type { Log } from '#base/env/log'
import type { CriClient } from '#net/cri/client'
import { isGrpcError } from '#net/grpc/grpc-error'
import { dialExec } from '#net/streams/exec-client'
import { writeExecOutcome } from '#net/streams/exec-outcome'
import { acceptExec } from '#net/streams/exec-server'
import { execOptionsOf } from '#net/streams/exec-streams'
import { joinExecStreams } from '#net/streams/join-exec-streams'
import { acceptPortForward, dialPortForward, joinForwardedConnection, type PortForwardClient } from '#net/streams/port-forward'
import type { UpgradeRequest } from '#net/streams/websocket-upgrade'
import type { PodRuntime } from '../runtime/pod-runtime.ts'
import { HttpProblem } from './http-problem.ts'
import { type PodLookup, readySandboxOf, runningContainerOf } from './pod-lookup.ts'
import { type Params, type Route, sendText, type UpgradeRoute } from './route.ts'

export type StreamingDeps = {
  readonly lookup: PodLookup
  readonly cri: CriClient
  readonly runtime: PodRuntime
  readonly clock: Clock
  readonly log: Log
}

const callTimeoutMs = 30_000

export function streamingRoutes(deps: StreamingDeps): readonly UpgradeRoute[] {
  const exec = (upgrade: UpgradeRequest, url: URL, params: Params) => serveExec(deps, upgrade, url, params)
  const attach = (upgrade: UpgradeRequest, url: URL, params: Params) => serveAttach(deps, upgrade, url, params)
  const portForward = (upgrade: UpgradeRequest, url: URL, params: Params) => servePortForward(deps, upgrade, url, params)
  return [
    { path: '/exec/:namespace/:pod/:container', handle: exec },
    { path: '/exec/:namespace/:pod/:uid/:container', handle: exec },
    { path: '/attach/:namespace/:pod/:container', handle: attach },
    { path: '/attach/:namespace/:pod/:uid/:container', handle: attach },
    { path: '/portForward/:namespace/:pod', handle: portForward },
    { path: '/portForward/:namespace/:pod/:uid', handle: portForward },
  ]
}

/** `/run`: a command's output as the answer, without streams. */
export function runRoutes({ lookup, runtime }: StreamingDeps): readonly Route[] {
  const handle: Route['handle'] = async ({ response, url, params }) => {
    const { id } = runningContainerOf(lookup, params)
    const { output } = await runtime.exec(id, (url.searchParams.get('cmd') ?? '').split(' '), 0)
    sendText(response, 200, output)
  }
  return ['/run/:namespace/:pod/:container', '/run/:namespace/:pod/:uid/:container'].map((path) => ({ methods: ['POST'], path, handle }))
}

async function serveExec(deps: StreamingDeps, upgrade: UpgradeRequest, url: URL, params: Params): Promise<void> {
  const { id: containerId } = runningContainerOf(deps.lookup, params)
  const options = execOptionsOf(url.searchParams)
  const cmd = url.searchParams.getAll('command')
  const answer = await translated(deps.cri.runtime.exec({ containerId, cmd, ...criOptionsOf(options) }, { timeoutMs: callTimeoutMs }))
  await joinRuntime(deps, upgrade, options, answer.url)
}

async function serveAttach(deps: StreamingDeps, upgrade: UpgradeRequest, url: URL, params: Params): Promise<void> {
  const { id: containerId } = runningContainerOf(deps.lookup, params)
  const options = execOptionsOf(url.searchParams)
  const answer = await translated(deps.cri.runtime.attach({ containerId, ...criOptionsOf(options) }, { timeoutMs: callTimeoutMs }))
  await joinRuntime(deps, upgrade, options, answer.url)
}

type StreamOptions = ReturnType<typeof execOptionsOf>

/** With a terminal there is no stderr of its own: CRI refuses to be asked for one. */
function criOptionsOf({ stdin, stdout, stderr, tty }: StreamOptions): StreamOptions {
  return { stdin, stdout, stderr: stderr && !tty, tty }
}

async function joinRuntime({ clock }: StreamingDeps, upgrade: UpgradeRequest, options: StreamOptions, url: string): Promise<void> {
  const served = await acceptExec(upgrade, options, { clock })
  if (served === undefined) return
  try {
    await joinExecStreams(served, await dialExec({ url }, { ...criOptionsOf(options), transports: ['spdy'] }))
  } catch (error) {
    writeExecOutcome(served.error, served.version, { kind: 'failure', message: error instanceof Error ? error.message : String(error) })
    served.close()
  }
}

async function servePortForward(deps: StreamingDeps, upgrade: UpgradeRequest, url: URL, params: Params): Promise<void> {
  const sandbox = readySandboxOf(deps.lookup, params)
  const ports = url.searchParams
    .getAll('port')
    .flatMap((text) => text.split(','))
    .map(Number)
  const answer = await translated(deps.cri.runtime.portForward({ podSandboxId: sandbox.id, port: ports }, { timeoutMs: callTimeoutMs }))
  // One connection to the runtime serves all of the client's; it is made when the first one comes.
  let dialled: Promise<PortForwardClient> | undefined
  const session = await acceptPortForward(upgrade, {
    ports,
    onConnection: (connection) => {
      dialled ??= dialPortForward({ url: answer.url }, ['spdy'])
      dialled
        .then((client) => joinForwardedConnection(connection, client))
        .catch((error: unknown) => {
          deps.log.warn('port forwarding failed', { port: connection.port, error })
          connection.error.end(error instanceof Error ? error.message : String(error))
          connection.data.end()
        })
    },
  })
  await session?.closed
  const client = await dialled?.catch(() => undefined)
  client?.close()
}

/** As upstream, the runtime's code decides the status. */
async function translated<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending
  } catch (error) {
    const status = isGrpcError(error, 'NotFound') ? 404 : isGrpcError(error, 'ResourceExhausted') ? 429 : 500
    throw new HttpProblem(status, error instanceof Error ? error.message : String(error))
  }
}
