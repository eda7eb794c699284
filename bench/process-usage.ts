/** What processes have used, as the kernel counts it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** The kernel's unit for CPU time, on every Linux that Node runs on. */
const ticksPerSecond = 100

/** User and system time so far. */
export function cpuSecondsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is a name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

export function residentMegabytesOf(pid: number): number {
  return statusMegabytes(pid, 'VmRSS')
}

/** The most that it had since it began or since `forgetPeakMemory`. */
export function peakMegabytesOf(pid: number): number {
  return statusMegabytes(pid, 'VmHWM')
}

export function forgetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function statusMegabytes(pid: number, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Every process whose command line has the text: all that run for a cluster name its directory. */
export function processesNaming(text: string): readonly { readonly pid: number; readonly words: readonly string[] }[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    const words = Number.isInteger(pid) && pid !== process.pid ? commandLineOf(pid) : []
    return words.some((word) => word.includes(text)) ? [{ pid, words }] : []
  })
}

function commandLineOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    // It ended while we looked.
    return []
  }
}
