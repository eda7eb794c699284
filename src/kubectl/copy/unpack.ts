/** Files out of a tar archive that comes from a container: it is not trusted to name paths. */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, normalize, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'
import { CommandError, messageOf } from '../errors.ts'

export type Unpacking = {
  /** What was asked of the container, and is the beginning of every name. */
  readonly source: string
  readonly target: string
  readonly warn: (text: string) => void
}

/** Resolves with how many entries there were. */
export async function unpackTree(archive: Readable, { source, target, warn }: Unpacking): Promise<number> {
  const prefix = relative(source)
  const top = resolve(target)
  const entries = extract()
  const ended = pipeline(archive, entries)
  let count = 0
  for await (const entry of entries) {
    count++
    const { name, type, mode } = entry.header
    const path = resolve(top, `./${relative(name).slice(prefix.length)}`)
    if (!relative(name).startsWith(prefix) || (path !== top && !path.startsWith(top + sep))) {
      warn(`warning: file ${JSON.stringify(name)} is outside target destination, skipping\n`)
      entry.resume()
    } else if (type === 'directory') {
      await mkdir(path, { recursive: true })
      entry.resume()
    } else if (type === 'file' || type === 'contiguous-file') {
      await mkdir(dirname(path), { recursive: true })
      await pipeline(entry, createWriteStream(path, { mode: (mode ?? 0o644) & 0o777 })).catch((error: unknown) => {
        throw new CommandError(`open ${path}: ${openFailure(error)}`)
      })
    } else {
      warn(`warning: skipping ${type ?? 'entry'}: ${JSON.stringify(path)} -> ${JSON.stringify(entry.header.linkname ?? '')}\n`)
      entry.resume()
    }
  }
  await ended
  return count
}

const openFailures: Readonly<Record<string, string>> = { EISDIR: 'is a directory', EACCES: 'permission denied' }

function openFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return openFailures[code] ?? messageOf(error)
}

/** As tar names it: without what would lead to the root or upwards. */
function relative(path: string): string {
  return normalize(path)
    .replace(/^(?:\/|\.\.?(?:\/|$))+/, '')
    .replace(/\/+$/, '')
}
