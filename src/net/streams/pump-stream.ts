/** Carries one direction of a stream to another. */
import type { Duplex } from 'node:stream'

/**
 * Copies until the source ends, then ends the sink. A side that went away is no failure: the end of the streams says all
 * that can be said. Resolves when the sink has taken everything, or is gone.
 */
export async function pumpStream(source: Duplex | undefined, sink: Duplex | undefined): Promise<void> {
  if (source === undefined || sink === undefined) return
  source.on('data', (chunk: Buffer) => {
    if (sink.write(chunk)) return
    source.pause()
    sink.once('drain', () => source.resume())
  })
  await new Promise<void>((resolve) => source.once('end', resolve).once('close', resolve))
  await new Promise<void>((resolve) => sink.end(resolve))
}
