/** What processes did to the files below a directory, decoded from the records that `shim/shim.c` writes. */

/** One thing done, in the order in which they were done. `file` tells files and directories apart also when their names change. */
export type DiskOperation =
  | { readonly type: 'open'; readonly path: string; readonly file: number; readonly isDirectory: boolean; readonly isNew: boolean }
  | { readonly type: 'write'; readonly file: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'truncate'; readonly file: number; readonly size: number }
  /** The file is at least so long. */
  | { readonly type: 'allocate'; readonly file: number; readonly size: number }
  | { readonly type: 'sync'; readonly file: number }
  | { readonly type: 'sync-failed'; readonly file: number }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }
  | { readonly type: 'unlink'; readonly path: string }
  | { readonly type: 'make-directory'; readonly path: string; readonly file: number }
  /** Nothing on disk: the process said something, such as that it has acknowledged a write. */
  | { readonly type: 'mark'; readonly text: string }

/** As in the shim. */
const kinds = [
  'none',
  'open',
  'write',
  'truncate',
  'sync',
  'sync-failed',
  'rename',
  'unlink',
  'make-directory',
  'allocate',
  'mark',
  'unsupported',
] as const
const headBytes = 32
const flags = { isNew: 1, isTruncated: 2, isDirectory: 4 }

/** Decodes a whole trace. Throws where the process did what the shim cannot follow. */
export function decodeTrace(trace: Uint8Array): DiskOperation[] {
  const view = new DataView(trace.buffer, trace.byteOffset, trace.byteLength)
  const decoder = new OperationDecoder()
  const operations: DiskOperation[] = []
  for (let at = 0; at + headBytes <= trace.length; ) {
    const length = Number(view.getBigUint64(at + 24, true))
    operations.push(
      ...decoder.decode({
        kind: kinds[view.getUint32(at, true)] ?? 'none',
        flags: view.getUint32(at + 4, true),
        inode: view.getBigUint64(at + 8, true),
        offset: Number(view.getBigUint64(at + 16, true)),
        bytes: trace.subarray(at + headBytes, at + headBytes + length),
      }),
    )
    at += headBytes + length
  }
  return operations
}

type Record = {
  readonly kind: (typeof kinds)[number]
  readonly flags: number
  readonly inode: bigint
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Numbers files anew: the file system gives the number of a deleted file to the next one. */
class OperationDecoder {
  readonly #files = new Map<bigint, number>()
  #fileCount = 0

  decode({ kind, flags: given, inode, offset, bytes }: Record): DiskOperation[] {
    const text = () => new TextDecoder().decode(bytes)
    switch (kind) {
      case 'open':
        return this.#open(text(), inode, given)
      case 'write':
        return [{ type: 'write', file: this.#file(inode), offset, bytes }]
      case 'truncate':
      case 'allocate':
        return [{ type: kind, file: this.#file(inode), size: offset }]
      case 'sync':
      case 'sync-failed':
        return [{ type: kind, file: this.#file(inode) }]
      case 'rename': {
        const [from = '', to = ''] = text().split('\n')
        return [{ type: 'rename', from, to }]
      }
      case 'unlink':
        return [{ type: 'unlink', path: text() }]
      case 'make-directory':
        return [{ type: 'make-directory', path: text(), file: this.#newFile(inode) }]
      case 'mark':
        return [{ type: 'mark', text: text() }]
      case 'none':
      case 'unsupported':
        throw new Error(`the process did to its files what this harness cannot follow: ${kind} ${text()}`)
    }
  }

  #open(path: string, inode: bigint, given: number): DiskOperation[] {
    const isNew = (given & flags.isNew) !== 0
    const file = isNew || !this.#files.has(inode) ? this.#newFile(inode) : this.#file(inode)
    const open: DiskOperation = { type: 'open', path, file, isDirectory: (given & flags.isDirectory) !== 0, isNew }
    return (given & flags.isTruncated) === 0 ? [open] : [open, { type: 'truncate', file, size: 0 }]
  }

  #file(inode: bigint): number {
    return this.#files.get(inode) ?? this.#newFile(inode)
  }

  #newFile(inode: bigint): number {
    this.#fileCount++
    this.#files.set(inode, this.#fileCount)
    return this.#fileCount
  }
}
