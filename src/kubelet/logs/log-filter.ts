/** What of a log a reader wants to see, line by line. */
import type { CriLogLine, LogStream } from './cri-log-line.ts'

export type LogSelection = {
  /** Only what was written at this time or later. */
  readonly sinceMs?: number | undefined
  readonly timestamps: boolean
  readonly limitBytes?: number | undefined
  /** Both where absent. */
  readonly stream?: LogStream | undefined
}

const newline = Buffer.from('\n')

export class LogFilter {
  readonly #selection: LogSelection
  #leftBytes: number
  /** The last line went on: what follows belongs to it. */
  readonly #isOpen: Record<LogStream, boolean> = { stdout: false, stderr: false }

  constructor(selection: LogSelection) {
    this.#selection = selection
    this.#leftBytes = selection.limitBytes ?? Number.POSITIVE_INFINITY
  }

  get isFull(): boolean {
    return this.#leftBytes <= 0
  }

  /** The bytes to show for a line; none where it is not wanted. */
  take({ time, stream, isPartial, text }: CriLogLine): Buffer {
    const { sinceMs, timestamps, stream: wanted } = this.#selection
    if (wanted !== undefined && stream !== wanted) return Buffer.alloc(0)
    if (sinceMs !== undefined && Date.parse(time) < sinceMs) return Buffer.alloc(0)
    const prefix = timestamps && !this.#isOpen[stream] ? [Buffer.from(`${time} `)] : []
    this.#isOpen[stream] = isPartial
    const bytes = Buffer.concat([...prefix, text, ...(isPartial ? [] : [newline])]).subarray(0, Math.max(this.#leftBytes, 0))
    this.#leftBytes -= bytes.length
    return bytes
  }
}
