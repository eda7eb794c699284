/** One line of a container's log file as the runtime writes it: `TIME STREAM TAGS TEXT`. */

export type LogStream = 'stdout' | 'stderr'
export type CriLogLine = {
  readonly time: string
  readonly stream: LogStream
  /** The container's own line goes on in the next one. */
  readonly isPartial: boolean
  readonly text: Buffer
}

const space = 0x20

/** `line` comes without its newline. Undefined where it is no such line. */
export function parseCriLogLine(line: Buffer): CriLogLine | undefined {
  const timeEnd = line.indexOf(space)
  const streamEnd = line.indexOf(space, timeEnd + 1)
  const tagsEnd = line.indexOf(space, streamEnd + 1)
  if (timeEnd < 0 || streamEnd < 0 || tagsEnd < 0) return undefined
  const stream = line.toString('latin1', timeEnd + 1, streamEnd)
  if (stream !== 'stdout' && stream !== 'stderr') return undefined
  const tags = line.toString('latin1', streamEnd + 1, tagsEnd).split(':')
  return { time: line.toString('latin1', 0, timeEnd), stream, isPartial: tags[0] === 'P', text: line.subarray(tagsEnd + 1) }
}
