/** Cuts a stream of bytes into lines of JSON: how watches are framed. */

const newline = 0x0a

/** Yields the value of each line; a last line without an end is dropped, since its writer was cut off. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let begun: Uint8Array[] = []
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const rest = chunk.subarray(start, end)
      const line = begun.length === 0 ? rest : Buffer.concat([...begun, rest])
      begun = []
      start = end + 1
      if (line.length > 0) yield JSON.parse(decoder.decode(line))
    }
    if (start < chunk.length) begun.push(chunk.subarray(start))
  }
}
