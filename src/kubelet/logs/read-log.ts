/**
 * A container's log as a stream of bytes, to its present end or for as long as the container runs. Follows the file
 * through rotation: the old one is read to its end, then the new one from its start.
 */
import { type FSWatcher, watch } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '#base/env/clock'
import { parseCriLogLine } from './cri-log-line.ts'
import { LogFilter, type LogSelection } from './log-filter.ts'

export type ReadLogOptions = LogSelection & { readonly follow: boolean; readonly tailLines?: number | undefined }
export type ReadLogDeps = { readonly clock: Clock; readonly isRunning: () => Promise<boolean> }

const chunkBytes = 64 << 10
/** How long the file may be silent before the container is looked at. */
const silenceMs = 1000

export async function* readLog(path: string, options: ReadLogOptions, deps: ReadLogDeps, signal: AbortSignal): AsyncGenerator<Buffer> {
  const filter = new LogFilter(options)
  using changes = options.follow ? new ChangeWatch(dirname(path), deps.clock) : undefined
  let file = await open(path, 'r')
  try {
    let cursor: Cursor = { position: options.tailLines === undefined ? 0 : await tailStart(file, options.tailLines), rest: Buffer.alloc(0) }
    let isLast = changes === undefined || !(await deps.isRunning())
    while (!signal.aborted && !filter.isFull) {
      cursor = yield* readToEnd(file, cursor, filter, signal)
      if (changes === undefined || isLast || filter.isFull) return
      const successor = await openSuccessor(path, file)
      if (successor !== undefined) {
        cursor = yield* readToEnd(file, cursor, filter, signal)
        await file.close()
        file = successor
        cursor = { position: 0, rest: Buffer.alloc(0) }
        continue
      }
      if (await changes.next(silenceMs, signal)) continue
      isLast = !(await deps.isRunning())
    }
  } finally {
    await file.close()
  }
}

type Cursor = { readonly position: number; readonly rest: Buffer }

async function* readToEnd(file: FileHandle, from: Cursor, filter: LogFilter, signal: AbortSignal): AsyncGenerator<Buffer, Cursor> {
  let { position, rest } = from
  while (!signal.aborted && !filter.isFull) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
    if (bytesRead === 0) break
    position += bytesRead
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    const end = bytes.lastIndexOf(10) + 1
    rest = bytes.subarray(end)
    const shown = Buffer.concat(linesOf(bytes.subarray(0, end)).map((line) => showLine(line, filter)))
    if (shown.length > 0) yield shown
  }
  return { position, rest }
}

function showLine(line: Buffer, filter: LogFilter): Buffer {
  const parsed = parseCriLogLine(line)
  return parsed === undefined ? Buffer.alloc(0) : filter.take(parsed)
}

function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start)
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

/** Where the last `lineCount` lines begin: found from the end, so that a large file is not read. */
async function tailStart(file: FileHandle, lineCount: number): Promise<number> {
  let end = (await file.stat()).size
  if (lineCount === 0) return end
  // The newline that ends the last line does not begin another one.
  let newlinesLeft = lineCount + 1
  while (end > 0) {
    const start = Math.max(end - chunkBytes, 0)
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    for (let at = buffer.length - 1; at >= 0; at--) {
      if (buffer[at] === 10 && --newlinesLeft === 0) return start + at + 1
    }
    end = start
  }
  return 0
}

/** The file that has taken the path since ours was opened. */
async function openSuccessor(path: string, ours: FileHandle): Promise<FileHandle | undefined> {
  const [now, held] = await Promise.all([stat(path).catch(() => undefined), ours.stat()])
  return now === undefined || now.ino === held.ino ? undefined : await open(path, 'r')
}

/** Waits for something to happen in a directory. */
class ChangeWatch implements Disposable {
  readonly #clock: Clock
  readonly #watcher: FSWatcher
  #hasChanged = false
  #wake: () => void = () => {}
  readonly #onAbort = () => this.#wake()

  constructor(directory: string, clock: Clock) {
    this.#clock = clock
    this.#watcher = watch(directory, { persistent: false }, () => {
      this.#hasChanged = true
      this.#wake()
    })
    // The directory goes with the pod: then the container's end is found by looking.
    this.#watcher.on('error', () => {})
  }

  /** True for a change since the last call; false when the time is over or the signal aborted first. */
  async next(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#hasChanged && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      using _timer = this.#clock.setTimer(timeoutMs, resolve)
      signal.addEventListener('abort', this.#onAbort, { once: true })
      await promise
      signal.removeEventListener('abort', this.#onAbort)
    }
    const hasChanged = this.#hasChanged
    this.#hasChanged = false
    return hasChanged
  }

  [Symbol.dispose](): void {
    this.#watcher.close()
  }
}
