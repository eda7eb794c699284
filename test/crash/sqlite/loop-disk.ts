/** A small ext4 file system of its own, on a loop device. Disposing unmounts it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingPrograms } from '../../e2e/requirements.ts'

export type LoopDisk = Disposable & {
  /** Where it is mounted. */
  readonly path: string
  /** Takes all the room that is left but for so many bytes. */
  fill(leaveBytes: number): void
  /** Gives it back. */
  makeRoom(): void
}

/** Why there can be none here; false if there can. */
export function loopDiskMissing(): string | false {
  return process.getuid?.() === 0 ? missingPrograms('mkfs.ext4', 'mount', 'umount', '/dev/loop-control') : 'to mount needs root'
}

/** Makes and mounts it below the directory. */
export function mountLoopDisk(directory: string, bytes: number): LoopDisk {
  const image = join(directory, 'disk.img')
  const path = join(directory, 'disk')
  const filler = join(path, 'filler')
  writeFileSync(image, '')
  truncateSync(image, bytes)
  mkdirSync(path)
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', image], { stdio: 'pipe' })
  execFileSync('mount', ['-o', 'loop', image, path], { stdio: 'pipe' })
  return {
    path,
    fill(leaveBytes) {
      // Others write at the same time, and metadata takes its part: less is tried until it fits.
      for (let bytes = freeBytes(path) - leaveBytes; bytes > 0; bytes -= 64 * 1024) {
        if (spawnSync('fallocate', ['-l', String(bytes), filler], { stdio: 'pipe' }).status === 0) return
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    // Detached at once even if something has it open still; the loop device goes with it.
    [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', path], { stdio: 'pipe' }),
  }
}

function freeBytes(path: string): number {
  const [, free = '0'] = execFileSync('df', ['--output=avail', '--block-size=1', path], { encoding: 'utf8' }).trim().split('\n')
  return Number(free)
}
