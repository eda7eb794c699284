/**
 * Where volumes with files that no disk may see are kept: one file system in memory for those of all pods. One for each
 * would cost two processes at each pod's start and a line in every container's mount table.
 */
import { mkdir, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMounted, mountTmpfs } from './mount-table.ts'

export class MemoryFiles {
  readonly #root: string
  #mounted: Promise<void> | undefined

  constructor(root: string) {
    this.#root = root
  }

  directoryOf(podUid: string, volume: string): string {
    return join(this.#root, podUid, volume)
  }

  /** Makes sure that it is there, and that the volume is found where upstream's kubelet has it. */
  async prepare(directory: string, usualDirectory: string): Promise<void> {
    this.#mounted ??= this.#mount().catch((error) => {
      this.#mounted = undefined
      throw error
    })
    await this.#mounted
    await mkdir(dirname(usualDirectory), { recursive: true, mode: 0o750 })
    await rm(usualDirectory, { force: true })
    await symlink(directory, usualDirectory)
  }

  async remove(podUid: string): Promise<void> {
    await rm(join(this.#root, podUid), { recursive: true, force: true })
  }

  /** An earlier run may have done it. */
  async #mount(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o750 })
    if (!(await isMounted(this.#root))) await mountTmpfs(this.#root, undefined)
  }
}
