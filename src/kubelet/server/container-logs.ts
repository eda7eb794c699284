/** `/containerLogs`: a container's output, now or as it comes. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '#base/env/clock'
import type { CriClient } from '#net/cri/client'
import { type ReadLogOptions, readLog } from '../logs/read-log.ts'
import { HttpProblem } from './http-problem.ts'
import { loggedContainerOf, type PodLookup } from './pod-lookup.ts'
import type { Exchange, Route } from './route.ts'

export type ContainerLogsDeps = { readonly lookup: PodLookup; readonly cri: CriClient; readonly clock: Clock }

export function containerLogRoutes(deps: ContainerLogsDeps): readonly Route[] {
  return [{ methods: ['GET', 'HEAD'], path: '/containerLogs/:namespace/:pod/:container', handle: (exchange) => sendLog(deps, exchange) }]
}

async function sendLog({ lookup, cri, clock }: ContainerLogsDeps, { response, url, params, signal }: Exchange): Promise<void> {
  const options = logOptionsOf(url.searchParams, clock.nowMs())
  const container = loggedContainerOf(lookup, params, isTrue(url.searchParams.get('previous')))
  const isRunning = async () => {
    const { status } = await cri.runtime
      .containerStatus({ containerId: container.id }, { timeoutMs: 10_000, signal })
      .catch(() => ({ status: undefined }))
    return status?.state === 'CONTAINER_RUNNING'
  }
  const chunks = readLog(container.logPath, options, { clock, isRunning }, signal)
  // The first chunk is awaited before the answer begins: a log that cannot be opened is an error, not an empty answer.
  const first = options.follow ? undefined : await firstOf(chunks)
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  await pipeline(Readable.from(prepended(first, chunks)), response).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

/** Refuses what cannot be read as an option. */
function logOptionsOf(query: URLSearchParams, nowMs: number): ReadLogOptions {
  const sinceSeconds = numberOf(query, 'sinceSeconds')
  const sinceTime = query.get('sinceTime')
  const stream = query.get('stream')
  if (sinceTime !== null && Number.isNaN(Date.parse(sinceTime))) throw new HttpProblem(400, `{"message": "Unable to decode query."}`)
  return {
    follow: isTrue(query.get('follow')),
    timestamps: isTrue(query.get('timestamps')),
    tailLines: numberOf(query, 'tailLines'),
    limitBytes: numberOf(query, 'limitBytes'),
    sinceMs: sinceSeconds === undefined ? (sinceTime === null ? undefined : Date.parse(sinceTime)) : nowMs - sinceSeconds * 1000,
    stream: stream === 'Stdout' ? 'stdout' : stream === 'Stderr' ? 'stderr' : undefined,
  }
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d+$/.test(text)) throw new HttpProblem(400, `{"message": "Unable to decode query."}`)
  return Number(text)
}

function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1'
}

async function firstOf(chunks: AsyncGenerator<Buffer>): Promise<Buffer | undefined> {
  const { value } = await chunks.next()
  return value
}

async function* prepended(first: Buffer | undefined, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (first !== undefined) yield first
  yield* rest
}
