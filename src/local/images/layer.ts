/** One layer of an image: a tar of files, the same bytes for the same files. */
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'

export interface LayerFile {
  /** Without a leading slash. Folders above are made as they are needed. */
  readonly path: string
  readonly mode?: number
  readonly content?: Uint8Array | string
  /** A symbolic link to this target instead of content. */
  readonly linkTo?: string
  /** An empty folder instead of content. */
  readonly isFolder?: boolean
}

/** The start of the epoch: a layer must not change with the time of its making. */
const modified = new Date(0)

export async function layerOf(files: readonly LayerFile[]): Promise<Buffer> {
  const tar = pack()
  const collected = buffer(tar)
  const folders = new Set<string>()
  for (const file of files) {
    for (const folder of foldersAbove(file.path)) addFolder(folder)
    if (file.isFolder) addFolder(file.path, file.mode)
    else if (file.linkTo !== undefined) tar.entry({ name: file.path, type: 'symlink', linkname: file.linkTo, mtime: modified })
    else tar.entry({ name: file.path, mode: file.mode ?? 0o644, mtime: modified }, Buffer.from(file.content ?? ''))
  }
  tar.finalize()
  return collected

  function addFolder(path: string, mode = 0o755): void {
    if (folders.has(path)) return
    folders.add(path)
    tar.entry({ name: `${path}/`, type: 'directory', mode, mtime: modified })
  }
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
