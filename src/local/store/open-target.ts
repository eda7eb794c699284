/** Finds the store that the flags mean: an etcd, a file that nobody has open, or the one behind a running API server. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { etcdCredentials, withoutPrefix } from '#apiserver/etcd-flags'
import { silentLog } from '#base/env/log'
import { transportOfKubeconfig } from '#client/connect'
import { HttpTransport } from '#client/http-transport'
import type { Transport } from '#client/transport'
import { openEtcdStore } from '#store/etcd/etcd-store'
import { databaseFileName, openSqliteStore } from '#store/sqlite/sqlite-store'
import type { Store } from '#store/store'
import { isStoreError } from '#store/store-error'
import { layoutOf } from '../layout.ts'
import type { Host } from '../local-command.ts'
import { LocalError } from '../settings.ts'
import type { StoreFlags } from './store-flags.ts'

/** A store that this process has open, or an API server that has. Disposing closes it. */
export type Target = AsyncDisposable &
  (
    | { readonly type: 'file'; readonly store: Store; readonly name: string }
    | { readonly type: 'etcd'; readonly store: Store; readonly name: string }
    | { readonly type: 'server'; readonly transport: Transport; readonly name: string }
  )

/** The directory of the sqlite store that the flags mean. */
export function storeDirOf(flags: StoreFlags): string {
  return flags['store-dir'] || layoutOf(flags['data-dir']).storeDir
}

/** Whether a sqlite store lies there. */
export function hasStore(directory: string): boolean {
  return existsSync(join(directory, databaseFileName))
}

export async function openTarget(host: Host, flags: StoreFlags): Promise<Target> {
  if (flags['etcd-servers'].length > 0) return await openEtcd(host, flags)
  if (flags.kubeconfig !== '') return await openServer(host, flags.kubeconfig)
  const directory = storeDirOf(flags)
  const { adminKubeconfig } = layoutOf(flags['data-dir'])
  const hasServer = flags['store-dir'] === '' && existsSync(adminKubeconfig)
  if (!hasStore(directory)) {
    // Several control planes keep their objects in an etcd of theirs.
    if (hasServer) return await openServer(host, adminKubeconfig)
    throw new LocalError(`there is no store in ${directory}: name its cluster with --data-dir, or an etcd with --etcd-servers`)
  }
  try {
    return await openFile(host, directory)
  } catch (error) {
    if (isStoreError(error, 'Locked') && hasServer) return await openServer(host, adminKubeconfig)
    throw error
  }
}

async function openFile({ clock }: Host, directory: string): Promise<Target> {
  const store = await openSqliteStore({ clock, directory })
  return { type: 'file', store, name: join(directory, databaseFileName), [Symbol.asyncDispose]: () => store.close() }
}

/** The etcd that the flags mean, with the objects below `/registry` whatever its prefix is. */
export async function openEtcd(host: Host, flags: StoreFlags): Promise<Target & { readonly type: 'etcd' }> {
  const endpoints = flags['etcd-servers']
  if (endpoints.length === 0) throw new LocalError('name the etcd with --etcd-servers=https://10.0.0.1:2379')
  const store = await openEtcdStore({ clock: host.clock, log: silentLog, endpoints, ...(await etcdCredentials(flags)) })
  return {
    type: 'etcd',
    store: withoutPrefix(store, flags),
    name: `the etcd at ${endpoints.join(',')}`,
    [Symbol.asyncDispose]: () => store.close(),
  }
}

async function openServer({ clock }: Host, kubeconfig: string): Promise<Target> {
  const transport: HttpTransport = await transportOfKubeconfig(kubeconfig, { clock, userAgent: 'navarch' })
  return {
    type: 'server',
    transport,
    name: `the API server at ${transport.endpoint.server.origin}`,
    [Symbol.asyncDispose]: async () => transport[Symbol.dispose](),
  }
}
