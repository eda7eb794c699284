/** Files of a run: copies of directories, and images written out. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DiskImage } from './disk/disk-model.ts'

/** Writes an image into a directory that is not there yet. */
export function writeImage({ directories, files }: DiskImage, directory: string): void {
  for (const path of directories) mkdirSync(join(directory, path), { recursive: true, mode: 0o700 })
  for (const [path, bytes] of files) writeFileSync(join(directory, path), bytes, { mode: 0o600 })
}

/** All files below a directory. */
export function readFiles(directory: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(path.slice(directory.length + 1), readFileSync(path))
  }
  return files
}
