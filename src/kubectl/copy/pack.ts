/** A file or a whole directory of this machine as a tar archive. */
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'

/** `name` is what the top is called in the archive. */
export function packedTree(path: string, name: string): Readable {
  const archive = pack()
  addTree(archive, path, name).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  )
  return Readable.from(archive)
}

async function addTree(archive: Pack, path: string, name: string): Promise<void> {
  const stats = await lstat(path)
  const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: stats.uid, gid: stats.gid }
  if (stats.isDirectory()) {
    const children = (await readdir(path)).toSorted()
    // A directory with children is made when the first of them is unpacked.
    if (children.length === 0) archive.entry({ ...header, name: `${name}/`, type: 'directory' })
    for (const child of children) await addTree(archive, join(path, child), `${name}/${child}`)
  } else if (stats.isSymbolicLink()) {
    archive.entry({ ...header, type: 'symlink', linkname: await readlink(path) })
  } else if (stats.isFile()) {
    await pipeline(createReadStream(path), archive.entry({ ...header, type: 'file', size: stats.size }))
  }
}
