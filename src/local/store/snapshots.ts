/** `navarch store snapshot save`, `snapshot restore` and `migrate`. */
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { type Dump, dumpOf, watchedDump } from '#store/snapshot/dump'
import { fillStore } from '#store/snapshot/fill-store'
import { checkSnapshot, openSnapshot, packedSnapshot, saveSnapshot } from '#store/snapshot/snapshot-file'
import { restoreSqliteStore } from '#store/sqlite/restore-sqlite-store'
import { openSqliteStore } from '#store/sqlite/sqlite-store'
import { layoutOf } from '../layout.ts'
import type { Host } from '../local-command.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import { serverNamesOf, supervisorOf } from '../programs.ts'
import { LocalError, readSettings } from '../settings.ts'
import { hasStore, openEtcd, openTarget, storeDirOf, type Target } from './open-target.ts'
import { countOf, megabytes, showingProgress, type Tell } from './steps.ts'
import type { StoreFlags } from './store-flags.ts'
import { dumpFor } from './value-formats.ts'

type Run = { readonly host: Host; readonly flags: StoreFlags; readonly signal: AbortSignal }

/** What belongs to Kubernetes in an etcd. */
const objectPrefix = '/registry/'

export async function saveTo(file: string, { host, flags, signal }: Run): Promise<number> {
  await using target = await openTarget(host, flags)
  const head = await showingProgress(`saving ${target.name}`, async (tell) =>
    saveSnapshot(file, await packedFrom(target, host.clock.nowMs(), tell, signal), signal),
  )
  host.stdout.write(
    `${file} holds ${head.keyCount.toLocaleString('en')} objects of revision ${head.revision}. It holds secrets, too: keep it as safe as the cluster.\n`,
  )
  return 0
}

async function packedFrom(target: Target, nowMs: number, tell: Tell, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  if (target.type === 'server')
    return counted(await target.transport.stream({ method: 'GET', path: '/navarch/store/snapshot' }, signal), tell)
  const dump = await dumpOf(target.store, target.type === 'etcd' ? { prefix: objectPrefix, signal } : { signal })
  return packedSnapshot(told(dump, tell), nowMs)
}

async function* counted(bytes: AsyncIterable<Uint8Array>, tell: Tell): AsyncGenerator<Uint8Array, void> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    tell(megabytes(size))
    yield chunk
  }
}

function told(dump: Dump, tell: Tell): Dump {
  return watchedDump(dump, (done) => tell(countOf(done, dump.keyCount)))
}

/** Into an etcd if one is named, else into the store's directory. */
export async function restoreFrom(file: string, run: Run): Promise<number> {
  const { host, flags } = run
  const isForEtcd = flags['etcd-servers'].length > 0
  if (!isForEtcd && !flags.replace) await refuseRunningCluster(host, flags)
  // Before anything is written: the end of the file may be missing.
  const head = await showingProgress(`checking ${file}`, () => checkSnapshot(file))
  const dump = await openSnapshot(file)
  const where = isForEtcd ? await intoEtcd(dump, run) : await (flags.replace ? inPlaceOf : intoSqlite)(dump, run)
  host.stdout.write(
    `${head.keyCount.toLocaleString('en')} objects of ${head.time} are restored; the store goes on at revision ${where.revision}.\n${where.next}\n`,
  )
  return 0
}

type Restored = { readonly revision: number; readonly next: string }

async function intoSqlite(dump: Dump & { readonly time?: string }, { host, flags }: Run): Promise<Restored> {
  const directory = storeDirOf(flags)
  const step = revisionStepSince(dump.time, host.clock.nowMs())
  const revision = await showingProgress(`restoring into ${directory}`, (tell) =>
    restoreSqliteStore(directory, told(dumpFor('sqlite', dump), tell), step),
  )
  return { revision, next: startAdvice }
}

/** No cluster makes as many revisions in so long; what is dumped now, makes none afterwards. */
function revisionStepSince(time: string | undefined, nowMs: number): number {
  const ageSeconds = time === undefined ? 0 : (nowMs - Date.parse(time)) / 1000
  return 100_000 + revisionsPerSecondMax * Math.max(0, Math.ceil(ageSeconds))
}

const revisionsPerSecondMax = 10_000

const startAdvice = 'Start the cluster with "navarch up", or kube-apiserver with this directory.'

/** The store that is there comes back where the restore fails. */
async function inPlaceOf(dump: Dump & { readonly time?: string }, run: Run): Promise<Restored> {
  const { host, flags } = run
  await stopServers(host, flags)
  const directory = storeDirOf(flags)
  if (!existsSync(directory)) return await intoSqlite(dump, run)
  const aside = `${directory}-before-${new Date(host.clock.nowMs()).toISOString().replaceAll(':', '')}`
  await rename(directory, aside)
  try {
    const { revision } = await intoSqlite(dump, run)
    return { revision, next: `The store that was there lies in ${aside}. ${startAdvice}` }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    await rename(aside, directory)
    throw error
  }
}

async function intoEtcd(dump: Dump, { host, flags, signal }: Run): Promise<Restored> {
  await using target = await openEtcd(host, flags)
  const { store, name } = target
  const revision = await showingProgress(`filling ${name}`, (tell) =>
    fillStore(store, told(dumpFor('etcd', dump), tell), {
      prefix: objectPrefix,
      keepsOwnRevisions: flags['keep-own-revisions'],
      tellRevisions: (remaining) => tell(`${remaining.toLocaleString('en')} revisions until it is beyond the old store`),
      signal,
    }),
  )
  return { revision, next: etcdAdvice }
}

const etcdAdvice = 'Start the API servers with this --etcd-servers.'

/** A server that runs has its old file open, whatever lies there by now. */
async function refuseRunningCluster(host: Host, flags: StoreFlags): Promise<void> {
  const { supervisor, names } = await serversOf(host, flags)
  for (const name of names) {
    if ((await supervisor?.running(name)) === undefined) continue
    const advice = 'restore into another --data-dir, or let --replace stop its control plane'
    throw new LocalError(`the cluster in ${flags['data-dir']} is running: ${advice}`)
  }
}

async function stopServers(host: Host, flags: StoreFlags): Promise<void> {
  const { supervisor, names } = await serversOf(host, flags)
  for (const name of names) await supervisor?.stop(name)
}

/** What keeps the control plane of the cluster running, if there is one. */
async function serversOf(host: Host, flags: StoreFlags): Promise<{ readonly supervisor?: Supervisor; readonly names: readonly string[] }> {
  if (flags['store-dir'] !== '') return { names: [] }
  const layout = layoutOf(flags['data-dir'])
  const settings = await readSettings(layout.settingsFile)
  if (settings === undefined) return { names: [] }
  return { supervisor: supervisorOf(layout, settings, host.clock), names: serverNamesOf(settings.controlPlanes) }
}

/** Between a stopped sqlite store and an etcd, one of which is empty. */
export async function migrate(run: Run): Promise<number> {
  const { host, flags } = run
  if (flags.to !== 'etcd' && flags.to !== 'sqlite')
    throw new LocalError('say where the objects go, --to=etcd or --to=sqlite; they come from the other one: see "navarch store --help"')
  const restored = flags.to === 'etcd' ? await toEtcd(run) : await toSqlite(run)
  host.stdout.write(`All objects are copied; the new store goes on at revision ${restored.revision}.\n${restored.next}\n`)
  return 0
}

async function toEtcd(run: Run): Promise<Restored> {
  const { host, flags, signal } = run
  const directory = storeDirOf(flags)
  if (!hasStore(directory)) throw new LocalError(`there is no store in ${directory}: name its cluster with --data-dir`)
  await using store = await openSqliteStore({ clock: host.clock, directory })
  return await intoEtcd(await dumpOf(store, { signal }), run)
}

async function toSqlite(run: Run): Promise<Restored> {
  const { host, flags, signal } = run
  await refuseRunningCluster(host, flags)
  await using source = await openEtcd(host, flags)
  return await intoSqlite(await dumpOf(source.store, { prefix: objectPrefix, signal }), run)
}
