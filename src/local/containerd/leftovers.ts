/** What a containerd leaves behind when its pods could not be ended in order: shims, and mounts under its directories. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Clock, sleep } from '#base/env/clock'
import type { ContainerdPaths } from './config.ts'

const run = promisify(execFile)

/** Kills the shims that serve this containerd, then unmounts all below its root and state. */
export async function removeLeftovers(paths: ContainerdPaths, clock: Clock): Promise<void> {
  for (const pid of await shimsOf(paths.socket)) await killAndWait(pid, clock)
  const mounts = mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [paths.root, paths.state])
  for (const mount of mounts) await run('umount', ['--lazy', mount])
}

/** Shims are told by their command line, which names the socket of the containerd that started them. */
export async function shimsOf(socket: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(
    pids.map(async (pid) => ({ pid: Number(pid), words: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0') })),
  )
  return commands.filter(({ words }) => words[0]?.includes('containerd-shim') && words.includes(socket)).map(({ pid }) => pid)
}

async function killAndWait(pid: number, clock: Clock): Promise<void> {
  const isAlive = (signal: 0 | 'SIGKILL') => {
    try {
      return process.kill(pid, signal)
    } catch {
      return false // ESRCH: it has ended by itself
    }
  }
  isAlive('SIGKILL')
  for (let tries = 0; tries < 100 && isAlive(0); tries++) await sleep(clock, 10)
}

/** Mount points below the directories, the deepest first. */
export function mountsBelow(mountInfo: string, directories: readonly string[]): readonly string[] {
  const points = mountInfo.split('\n').flatMap((line) => line.split(' ')[4] ?? [])
  return points.filter((point) => directories.some((directory) => point.startsWith(`${directory}/`))).reverse()
}
