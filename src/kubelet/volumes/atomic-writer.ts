/**
 * A directory whose files change all at once, laid out as upstream's: each state is a directory with a time in its
 * name, `..data` is a link to the newest, and what users see are links through `..data`. A reader sees one state or the
 * next, never a mixture.
 */
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '#base/env/clock'
import { giveToGroup } from './ownership.ts'
import { type ProjectedFile, requireInside } from './projected-file.ts'

const dataLink = '..data'

export type AtomicWriteOptions = { readonly clock: Clock; readonly fsGroup: number | undefined }

/** Writes nothing where the directory holds these files already. True where it changed. */
export async function writeAtomically(directory: string, files: readonly ProjectedFile[], options: AtomicWriteOptions): Promise<boolean> {
  for (const file of files) requireInside(file)
  const old = await readlink(join(directory, dataLink)).catch(() => undefined)
  if (old !== undefined && (await holds(join(directory, old), files, options))) {
    await linkVisible(directory, files)
    return false
  }
  const fresh = await writeState(directory, files, options)
  await swap(directory, fresh)
  await linkVisible(directory, files)
  await removeOldStates(directory, fresh)
  return true
}

async function writeState(directory: string, files: readonly ProjectedFile[], { clock, fsGroup }: AtomicWriteOptions): Promise<string> {
  const state = await mkdtemp(join(directory, `..${timeText(clock.nowMs())}.`))
  await chmod(state, 0o755)
  for (const { path, bytes, mode, uid } of files) {
    const at = join(state, path)
    await mkdir(dirname(at), { recursive: true, mode: 0o755 })
    await writeFile(at, bytes)
    if (uid !== undefined) await chown(at, uid, -1)
    await chmod(at, mode) // The process's mask must not count.
  }
  if (fsGroup !== undefined) await giveToGroup(state, fsGroup, true)
  return state.slice(directory.length + 1)
}

async function swap(directory: string, state: string): Promise<void> {
  const next = join(directory, '..data_tmp')
  await rm(next, { force: true })
  await symlink(state, next)
  await rename(next, join(directory, dataLink))
}

async function linkVisible(directory: string, files: readonly ProjectedFile[]): Promise<void> {
  const wanted = new Set(files.map(({ path }) => path.split('/')[0] ?? path))
  const present = new Set((await readdir(directory)).filter((name) => !name.startsWith('..')))
  for (const name of wanted) if (!present.has(name)) await symlink(join(dataLink, name), join(directory, name))
  for (const name of present) if (!wanted.has(name)) await unlink(join(directory, name))
}

async function removeOldStates(directory: string, current: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('..') && name !== dataLink && name !== current)
  for (const name of names) await rm(join(directory, name), { recursive: true, force: true })
}

/** Contents and modes; a file too many counts as a difference. */
async function holds(state: string, files: readonly ProjectedFile[], { fsGroup }: AtomicWriteOptions): Promise<boolean> {
  const entries = await readdir(state, { recursive: true, withFileTypes: true }).catch(() => [])
  if (entries.filter((entry) => !entry.isDirectory()).length !== files.length) return false
  for (const { path, bytes, mode } of files) {
    const at = join(state, path)
    const [held, stats] = await Promise.all([readFile(at).catch(() => undefined), stat(at).catch(() => undefined)])
    const wantedMode = fsGroup === undefined ? mode : mode | 0o440
    if (held === undefined || !held.equals(bytes) || stats === undefined || (stats.mode & 0o777) !== wantedMode) return false
  }
  return true
}

/** `2026_01_31_12_00_00`, in UTC. */
function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 19).replace(/[-:T]/g, '_')
}
