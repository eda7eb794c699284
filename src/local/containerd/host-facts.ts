/** What the machine allows and which containerd it has. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { LocalError } from '../settings.ts'

const sysResourceBit = 24n

/** Without CAP_SYS_RESOURCE nobody may lower a process's OOM score. */
export async function mayLowerOomScore(): Promise<boolean> {
  return statusAllowsSysResource(await readFile('/proc/self/status', 'utf8'))
}

/** Reads the effective capabilities of /proc/PID/status. */
export function statusAllowsSysResource(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return effective !== undefined && ((BigInt(`0x${effective}`) >> sysResourceBit) & 1n) === 1n
}

/** The major version of the containerd in the path; throws one clear message where there is none or it is too old. */
export async function containerdMajorVersion(): Promise<number> {
  const { stdout } = await promisify(execFile)('containerd', ['--version']).catch((cause: unknown) => {
    throw new LocalError('containerd is not installed: install it (Debian: apt-get install containerd) and try again', { cause })
  })
  return parseContainerdVersion(stdout)
}

export function parseContainerdVersion(output: string): number {
  const [, major, minor] = /\bv?(\d+)\.(\d+)\.\d+/.exec(output) ?? []
  if (major === undefined || minor === undefined)
    throw new LocalError(`containerd tells no version, but ${JSON.stringify(output.trim())}: install containerd 1.6 or later`)
  if (Number(major) === 0 || (Number(major) === 1 && Number(minor) < 6))
    throw new LocalError(`containerd ${major}.${minor} is too old: install 1.6 or later, and try again`)
  return Number(major)
}
