/** Where the last lines of a file begin. Reads it backwards, so that a large one costs no more than a small one. */
import { open } from 'node:fs/promises'

const blockBytes = 64 << 10
const newline = 0x0a

/** The offset of the line that is `lineCount` from the end; 0 when there are fewer, or when `lineCount` is negative. */
export async function tailOffset(path: string, lineCount: number): Promise<number> {
  if (lineCount < 0) return 0
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  // The newline that ends the last line does not begin another one.
  let wanted = lineCount + 1
  for (let end = size; end > 0; end -= blockBytes) {
    const start = Math.max(end - blockBytes, 0)
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    for (let at = buffer.lastIndexOf(newline); at >= 0; at = at === 0 ? -1 : buffer.lastIndexOf(newline, at - 1)) {
      wanted -= 1
      if (wanted === 0) return start + at + 1
    }
  }
  return 0
}
