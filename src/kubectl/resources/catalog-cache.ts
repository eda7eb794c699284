/** Keeps what discovery told on the disk, for six hours as upstream does, in a file a server. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '#base/env/clock'
import { type Ask, discover } from './discovery.ts'
import { type GroupVersionResources, ResourceCatalog } from './resource-catalog.ts'

const lifetimeMs = 6 * 3600 * 1000
const format = 1

export type CatalogSource = {
  /** `~/.kube/cache`. */
  readonly directory: string
  readonly server: URL
  readonly clock: Clock
  /** Asks the server, whatever the disk holds. */
  readonly isFresh: boolean
  readonly ask: Ask
}

type CacheFile = { readonly format: number; readonly askedAtMs: number; readonly groupVersions: readonly GroupVersionResources[] }

export async function loadCatalog(source: CatalogSource): Promise<ResourceCatalog> {
  const path = cachePath(source)
  const nowMs = source.clock.nowMs()
  const cached = source.isFresh ? undefined : await readCache(path)
  if (cached !== undefined && cached.askedAtMs <= nowMs && nowMs - cached.askedAtMs < lifetimeMs)
    return new ResourceCatalog(cached.groupVersions)
  const groupVersions = await discover(source.ask)
  await writeCache(path, { format, askedAtMs: nowMs, groupVersions })
  return new ResourceCatalog(groupVersions)
}

function cachePath({ directory, server }: CatalogSource): string {
  const place = `${server.host}${server.pathname.replace(/\/+$/, '')}`.replace(/[^\w/.]/g, '_')
  return join(directory, 'discovery', place, 'navarch.json')
}

/** Undefined where there is none that can be read: it is only a cache. */
async function readCache(path: string): Promise<CacheFile | undefined> {
  try {
    const file: CacheFile = JSON.parse(await readFile(path, 'utf8'))
    return file.format === format ? file : undefined
  } catch {
    return undefined
  }
}

/** A directory that cannot be written costs time, not the command. */
async function writeCache(path: string, file: CacheFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o750 })
    const draft = `${path}.${process.pid}`
    await writeFile(draft, JSON.stringify(file), { mode: 0o660 })
    await rename(draft, path)
  } catch {
    return
  }
}
