/** A path of the node itself, checked or made as its type asks. */

import type { Stats } from 'node:fs'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import type { HostPathVolumeSource } from '#kinds/core/types.gen'

type Check = { readonly is: (stats: Stats) => boolean; readonly what: string; readonly make?: (path: string) => Promise<void> }

const directory = { is: (stats: Stats) => stats.isDirectory(), what: 'a directory' }
const file = { is: (stats: Stats) => stats.isFile(), what: 'a file' }
const checks: Readonly<Record<string, Check>> = {
  Directory: directory,
  DirectoryOrCreate: { ...directory, make: makeDirectory },
  File: file,
  FileOrCreate: { ...file, make: makeFile },
  Socket: { is: (stats) => stats.isSocket(), what: 'a socket file' },
  CharDevice: { is: (stats) => stats.isCharacterDevice(), what: 'a character device' },
  BlockDevice: { is: (stats) => stats.isBlockDevice(), what: 'a block device' },
}

/** Rejects in upstream's words where the path is not what its type says. */
export async function checkHostPath({ path, type = '' }: HostPathVolumeSource): Promise<void> {
  if (type === '') return
  const check = checks[type]
  if (check === undefined) throw new Error(`${type} is an invalid volume type`)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined && check.make !== undefined) return await check.make(path)
  if (found === undefined || !check.is(found)) throw new Error(`hostPath type check failed: ${path} is not ${check.what}`)
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o755)
}

async function makeFile(path: string): Promise<void> {
  await writeFile(path, '', { flag: 'a' })
  await chmod(path, 0o644)
}
