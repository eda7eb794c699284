/** What a kubelet says about a failure, as an error of ours: it answers in plain text. */
import { badRequest, internalError, StatusError } from '#meta/status'
import type { Answer } from '../exchange.ts'

const textBytesMax = 2048

/** The answer if it tells of a success, or a StatusError with the text of the failure. `request` says what was asked, for the message. */
export async function successOf(answer: Answer, request: string): Promise<Answer> {
  const { status, body } = answer
  if (body.kind !== 'stream' || (status >= 200 && status <= 206)) return answer
  const text = await beginningOf(body.chunks)
  if (status === 500) throw internalError(text)
  if (status === 400) throw badRequest(text)
  if (status === 404) throw new StatusError(404, 'NotFound', `the server could not find the requested resource (${request})`)
  throw new StatusError(status, '', `the server responded with the status code ${status} but did not return more information (${request})`)
}

async function beginningOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let bytes: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length >= textBytesMax) break
  }
  return bytes.subarray(0, textBytesMax).toString()
}
