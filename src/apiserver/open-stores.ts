/** Opens the stores that the flags of `kube-apiserver` name. */
import { mkdir } from 'node:fs/promises'
import { sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import { FlagError } from '#component/flags'
import { type EtcdStoreOptions, openEtcdStore } from '#store/etcd/etcd-store'
import { createMemoryStore } from '#store/memory/memory-store'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import type { Store } from '#store/store'
import { isStoreError } from '#store/store-error'
import { etcdCredentials, withoutPrefix } from './etcd-flags.ts'
import { parseEtcdOverrides } from './etcd-overrides.ts'
import type { ApiServerFlags } from './flags.ts'
import type { StorageMediaType } from './storage/value-format.ts'

/** Disposing of it closes them all. */
export type OpenedStores = AsyncDisposable & {
  readonly store: Store
  /** By GROUP/RESOURCE. */
  readonly overrides: ReadonlyMap<string, Store>
  /** Whether other servers write to them too. */
  readonly isShared: boolean
  readonly mediaType: StorageMediaType
}

export async function openStores(env: Env, flags: ApiServerFlags): Promise<OpenedStores> {
  const mediaType = flags['storage-media-type']
  switch (storageBackendOf(flags)) {
    case 'memory':
      return embedded(createMemoryStore(env), mediaType)
    case 'sqlite':
      await mkdir(flags['data-dir'], { recursive: true, mode: 0o700 })
      return embedded(await openSqliteStore({ ...env, directory: flags['data-dir'] }), mediaType)
    case 'etcd3':
      return await openEtcdStores(env, flags)
  }
}

/** The backend that is meant where none is named. */
export function storageBackendOf(flags: ApiServerFlags): 'etcd3' | 'sqlite' | 'memory' {
  return flags['storage-backend'] || (flags['etcd-servers'].length > 0 ? 'etcd3' : 'sqlite')
}

function embedded(store: Store, mediaType: StorageMediaType | ''): OpenedStores {
  const close = () => store.close()
  return { store, overrides: new Map(), isShared: false, mediaType: mediaType || 'application/json', [Symbol.asyncDispose]: close }
}

async function openEtcdStores(env: Env, flags: ApiServerFlags): Promise<OpenedStores> {
  const servers = flags['etcd-servers']
  if (servers.length === 0) throw new FlagError('--etcd-servers must be specified')
  const credentials = await etcdCredentials(flags)
  await using opened = new AsyncDisposableStack()
  const byServers = new Map<string, Promise<Store>>()
  const open = (endpoints: readonly string[]) => {
    const known = byServers.get(endpoints.join())
    if (known !== undefined) return known
    const opening = openWhenThere(env, { ...env, ...credentials, endpoints }, flags['storage-initialization-timeout']).then((store) =>
      opened.use(withoutPrefix(store, flags)),
    )
    byServers.set(endpoints.join(), opening)
    return opening
  }
  const store = await open(servers)
  const overrides = new Map<string, Store>()
  for (const [resource, endpoints] of parseEtcdOverrides(flags['etcd-servers-overrides'])) overrides.set(resource, await open(endpoints))
  const kept = opened.move()
  return {
    store,
    overrides,
    isShared: true,
    mediaType: flags['storage-media-type'] || 'application/vnd.kubernetes.protobuf',
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** etcd may be started at the same time as this server. */
async function openWhenThere({ clock, log }: Env, options: EtcdStoreOptions, timeoutMs: number): Promise<Store> {
  const deadlineMs = clock.monotonicMs() + timeoutMs
  for (;;) {
    try {
      return await openEtcdStore(options)
    } catch (error) {
      if (!isStoreError(error, 'Unavailable') || clock.monotonicMs() >= deadlineMs) throw error
      log.warn('etcd is not there yet', { why: error.message })
    }
    await sleep(clock, retryMs)
  }
}

const retryMs = 500
