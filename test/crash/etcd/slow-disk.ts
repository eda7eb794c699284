/** A slow disk for some processes, by the kernel's block I/O controller (cgroup v1): so many writes a second and no more. */
import { existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const controller = '/sys/fs/cgroup/blkio'
const limitFile = 'blkio.throttle.write_iops_device'

/** Why disks cannot be slowed here; false if they can. */
export function slowDiskMissing(): string | false {
  return existsSync(join(controller, limitFile)) ? false : 'no block I/O controller of cgroup v1'
}

/** Slows the disk of the directory for the processes, until disposed of. */
export function slowDisk(processes: readonly number[], directory: string, writesPerSecond: number): Disposable {
  const group = join(controller, `navarch-crash-${process.pid}-${processes.join('-')}`)
  mkdirSync(group)
  writeFileSync(join(group, limitFile), `${diskOf(directory)} ${writesPerSecond}`)
  move(processes, group)
  return {
    [Symbol.dispose]() {
      move(processes, controller)
      rmdirSync(group)
    },
  }
}

function move(processes: readonly number[], group: string): void {
  for (const id of processes) {
    // One that has ended in the meantime has left its group by itself.
    if (existsSync(`/proc/${id}`)) writeFileSync(join(group, 'cgroup.procs'), String(id))
  }
}

/** The number of the whole disk: partitions have no limits of their own. */
function diskOf(directory: string): string {
  const { dev } = statSync(directory)
  const number = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`
  const device = `/sys/dev/block/${number}`
  if (!existsSync(join(device, 'partition'))) return number
  return readFileSync(join(realpathSync(device), '../dev'), 'utf8').trim()
}
