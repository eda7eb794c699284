/** Mounts on this machine: read from the kernel, made and ended with the mount commands. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Every mount point at or below a directory, the innermost first. */
export async function mountsBelow(directory: string): Promise<readonly string[]> {
  return mountPointsBelow(await readFile('/proc/self/mountinfo', 'utf8'), directory)
}

export function mountPointsBelow(mountInfo: string, directory: string): readonly string[] {
  const points = mountInfo.split('\n').map((line) => unescaped(line.split(' ')[4] ?? ''))
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`)).toReversed()
}

export async function isMounted(directory: string): Promise<boolean> {
  return (await mountsBelow(directory)).includes(directory)
}

/** Memory as a file system. Absent, the size is the kernel's choice: half of the machine's memory. */
export async function mountTmpfs(directory: string, sizeBytes: number | undefined): Promise<void> {
  const size = sizeBytes === undefined ? [] : ['-o', `size=${Math.floor(sizeBytes)}`]
  await run('mount', ['-t', 'tmpfs', ...size, 'tmpfs', directory])
}

export async function unmount(mountPoint: string): Promise<void> {
  await run('umount', [mountPoint])
}

/** The kernel writes blanks and backslashes as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
