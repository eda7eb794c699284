/** What a container left to say when it ended: its termination file, or the tail of its log. */
import { open, readFile } from 'node:fs/promises'
import type { ContainerStatus } from '#net/cri/cri.gen'
import { runtimeAnnotations } from './records.ts'

const fileBytesMax = 4096
const logBytesMax = 2048
const logLinesMax = 80

/** Falls back to the runtime's own message where there is none. */
export async function readTerminationMessage(status: ContainerStatus): Promise<string> {
  const { annotations } = status
  const file = annotations[runtimeAnnotations.terminationMessageFile]
  const fromFile = file === undefined ? '' : await headOf(file)
  if (fromFile !== '') return fromFile
  const isFallback = annotations[runtimeAnnotations.terminationMessagePolicy] === 'FallbackToLogsOnError' && status.exitCode !== 0
  const fromLog = isFallback ? await logTailOf(status.logPath) : ''
  return fromLog === '' ? status.message : fromLog
}

async function headOf(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(fileBytesMax), 0, fileBytesMax, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    return '' // The file goes with the pod's directory: then there is nothing to say.
  }
}

async function logTailOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-logLinesMax)
  return textOfLogLines(lines).slice(-logBytesMax)
}

/** CRI log lines are `TIME STREAM F|P TEXT`; P means that the line goes on. */
function textOfLogLines(lines: readonly string[]): string {
  return lines
    .map((line) => {
      const [, , tag = 'F', ...text] = line.split(' ')
      return text.join(' ') + (tag.startsWith('P') ? '' : '\n')
    })
    .join('')
}
