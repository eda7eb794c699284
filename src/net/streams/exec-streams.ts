/**
 * The streams of exec and attach, the same for each protocol (SPDY v1 to v4, WebSocket v1 to v5) and for both ends.
 * A stream that was not asked for is absent. On the server `stdin` and `resize` are read, the others written; on the client the other way round.
 */
import type { Duplex } from 'node:stream'

export interface ExecOptions {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  /** With a terminal, stderr comes with stdout and `resize` is there. */
  readonly tty: boolean
}

export interface ExecStreams {
  /** `v1` is the protocol without a name. */
  readonly version: ExecVersion
  readonly stdin?: Duplex
  readonly stdout?: Duplex
  readonly stderr?: Duplex
  /** Carries the outcome, once, at the end: see exec-outcome.ts. */
  readonly error: Duplex
  /** JSON objects `{"Width":80,"Height":24}`, one after the other. */
  readonly resize?: Duplex
  /** Resolves when the connection is gone. */
  readonly closed: Promise<unknown>
  /** Ends the connection after what was written has been sent. */
  close(): void
}

export type ExecVersion = 'v1' | 'v2' | 'v3' | 'v4' | 'v5'
export type ExecStreamName = 'stdin' | 'stdout' | 'stderr' | 'error' | 'resize'

/** The streams that both ends expect for the options, in the order in which a client opens them. */
export function expectedStreams(options: ExecOptions, version: ExecVersion): readonly ExecStreamName[] {
  const hasResize = options.tty && version !== 'v1' && version !== 'v2'
  const wanted: readonly (readonly [ExecStreamName, boolean])[] = [
    ['error', true],
    ['stdin', options.stdin],
    ['stdout', options.stdout],
    ['stderr', options.stderr && !options.tty],
    ['resize', hasResize],
  ]
  return wanted.filter(([, isWanted]) => isWanted).map(([name]) => name)
}

/** Reads the options from an exec or attach request's query, the API's names and the older ones of the kubelet. */
export function execOptionsOf(query: URLSearchParams): ExecOptions {
  const isSet = (...names: readonly string[]) => names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''))
  return { stdin: isSet('stdin', 'input'), stdout: isSet('stdout', 'output'), stderr: isSet('stderr', 'error'), tty: isSet('tty') }
}
