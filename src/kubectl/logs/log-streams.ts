/** Reads logs of containers and writes them out, one after the other or side by side. */
import { once } from 'node:events'
import type { Pod } from '#kinds/core/types.gen'
import { resourcePath } from '#meta/kind'
import type { Call } from '../command.ts'
import { pods } from '../describe/collections.ts'
import { messageOf } from '../errors.ts'

export type LogQuery = Readonly<Record<string, string | number | boolean | undefined>>

export type LogSource = { readonly pod: Pod; readonly container: string }

export type LogLook = { readonly query: LogQuery; readonly hasPrefix: boolean; readonly ignoresErrors: boolean }

export async function showLogs(call: Call, sources: readonly LogSource[], look: LogLook, isParallel: boolean): Promise<void> {
  const show = async (source: LogSource) => {
    try {
      await showLog(call, source, look)
    } catch (error) {
      if (!look.ignoresErrors) throw error
      call.out(`error: ${messageOf(error)}\n`)
    }
  }
  if (isParallel) await Promise.all(sources.map(show))
  else for (const source of sources) await show(source)
}

async function showLog(call: Call, { pod, container }: LogSource, { query, hasPrefix }: LogLook): Promise<void> {
  const { name = '', namespace = '' } = pod.metadata
  const path = resourcePath(pods, namespace, encodeURIComponent(name), 'log')
  const chunks = await call.cluster.stream(
    { method: 'GET', path, query: { ...query, container }, accept: 'application/json, */*' },
    call.signal,
  )
  const { stdout } = call.host
  const prefix = hasPrefix ? `[pod/${name}/${container}] ` : undefined
  for await (const piece of prefix === undefined ? chunks : prefixedLines(chunks, prefix))
    if (!stdout.write(piece)) await once(stdout, 'drain')
}

/** Whole lines only, so that logs that come side by side do not mix within a line. */
async function* prefixedLines(chunks: AsyncIterable<Uint8Array>, prefix: string): AsyncGenerator<Buffer> {
  let rest: Uint8Array = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      yield Buffer.concat([Buffer.from(prefix), bytes.subarray(start, end + 1)])
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
  if (rest.length > 0) yield Buffer.concat([Buffer.from(prefix), rest])
}
