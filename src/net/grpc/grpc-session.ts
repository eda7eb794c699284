/** One HTTP/2 session to a gRPC server, and whether the other side is still there. */
import { type ClientHttp2Session, connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import type { Clock } from '#base/env/clock'

/** How to reach a server. */
export interface GrpcTarget {
  /** `unix:///path` or `host:port`. */
  readonly target: string
  /** Without it, nothing is encrypted. */
  readonly tls?: GrpcTls | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly keepAlive?: KeepAlive | undefined
}

/** All PEM. */
export interface GrpcTls {
  /** The authority that must have signed the server's certificate; without it, those the machine trusts. */
  readonly ca?: string | undefined
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  /** The name in the server's certificate, if not the target's host. */
  readonly serverName?: string | undefined
}

/** Pings while calls are open: a server that does not answer one is given up with all its calls. */
export interface KeepAlive {
  /** Between pings while a call waits for its one answer, as long as the server keeps sending. */
  readonly busyIntervalMs: number
  /** Between pings otherwise. gRPC servers close a connection that pings more often than they like while they send nothing. */
  readonly idleIntervalMs: number
  readonly timeoutMs: number
}

/** A session with the number of its open calls. */
export interface GrpcSession {
  readonly http2: ClientHttp2Session
  /** Calls that wait for one answer. */
  unaryCount: number
  streamCount: number
  /** Rises with everything that comes. */
  heardCount: number
  /** Why it came to its end, where that is known. */
  failure: Error | undefined
}

const streamWindowBytes = 1 << 20
const sessionWindowBytes = 16 << 20
/** What is taken until the server says how many calls it bears at a time: gRPC servers in Go do not, and bear all. */
const concurrentCallsMax = 10_000

/** Resolves when the session is ready; `onLost` is called when it takes no more calls; the signal ends it with all its calls. */
export function openSession(target: GrpcTarget, clock: Clock, onLost: () => void, signal: AbortSignal): Promise<GrpcSession> {
  return new Promise((resolve, reject) => {
    const http2 = connectTo(target)
    const onAbort = (): void => http2.destroy()
    signal.addEventListener('abort', onAbort, { once: true })
    const session: GrpcSession = { http2, unaryCount: 0, streamCount: 0, heardCount: 0, failure: undefined }
    const timer = connectTimer(target, clock, http2)
    let keepAlive: Disposable | undefined
    http2.once('connect', () => {
      timer?.[Symbol.dispose]()
      // Given up in this very moment: 'close' follows and says so.
      if (http2.destroyed) return
      http2.setLocalWindowSize(sessionWindowBytes)
      if (target.keepAlive !== undefined) keepAlive = keepSessionAlive(session, target.keepAlive, clock)
      resolve(session)
    })
    http2.on('error', (error: Error) => {
      session.failure ??= error
      reject(error)
    })
    // The server wants no more calls on it: those under way go on.
    http2.on('goaway', () => {
      onLost()
      http2.close()
    })
    http2.once('close', () => {
      timer?.[Symbol.dispose]()
      keepAlive?.[Symbol.dispose]()
      signal.removeEventListener('abort', onAbort)
      onLost()
      reject(new Error('the server closed the connection'))
    })
  })
}

function connectTo({ target, tls }: GrpcTarget): ClientHttp2Session {
  const settings = { enablePush: false, initialWindowSize: streamWindowBytes }
  const options = { settings, peerMaxConcurrentStreams: concurrentCallsMax }
  if (target.startsWith('unix://'))
    return connect('http://localhost', { ...options, createConnection: () => connectSocket(target.slice('unix://'.length)) })
  if (tls === undefined) return connect(`http://${target}`, options)
  const { ca, certificate, key, serverName } = tls
  return connect(`https://${target}`, {
    ...options,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  })
}

function connectTimer({ target, connectTimeoutMs }: GrpcTarget, clock: Clock, http2: ClientHttp2Session): Disposable | undefined {
  if (connectTimeoutMs === undefined) return undefined
  const giveUp = (): void => http2.destroy(new Error(`no connection to ${target} within ${connectTimeoutMs} ms`))
  return clock.setTimer(connectTimeoutMs, giveUp)
}

/** So many quick pings in a row a gRPC server bears without having sent anything. */
const quickPingsMax = 2

function keepSessionAlive(session: GrpcSession, { busyIntervalMs, idleIntervalMs, timeoutMs }: KeepAlive, clock: Clock): Disposable {
  const { http2 } = session
  let sincePingMs = 0
  let quickPings = 0
  let heardBefore = 0
  let tick: Disposable
  let deadline: Disposable | undefined
  const giveUp = (): void => http2.destroy(new Error(`no answer to a ping within ${timeoutMs} ms`))
  const ping = (): void => {
    sincePingMs = 0
    // In two steps: if it was us who stood still, the answer is read between them.
    deadline = clock.setTimer(timeoutMs / 2, () => (deadline = clock.setTimer(timeoutMs / 2, giveUp)))
    http2.ping(() => {
      deadline?.[Symbol.dispose]()
      deadline = undefined
    })
  }
  const isDue = (): boolean => {
    if (sincePingMs >= idleIntervalMs) return session.unaryCount + session.streamCount > 0
    if (session.unaryCount === 0) return false
    if (session.heardCount > heardBefore) quickPings = 0
    heardBefore = session.heardCount
    return quickPings++ < quickPingsMax
  }
  const arm = (): void => {
    tick = clock.setTimer(busyIntervalMs, () => {
      if (http2.destroyed) return
      sincePingMs += busyIntervalMs
      if (deadline === undefined && !http2.closed && isDue()) ping()
      arm()
    })
  }
  arm()
  return {
    [Symbol.dispose]() {
      tick[Symbol.dispose]()
      deadline?.[Symbol.dispose]()
    },
  }
}
