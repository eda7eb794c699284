/**
 * Faults of a real etcd cluster of three under load: members die, stand still or stutter, lose each other, have clocks that jump;
 * between two loads one is damaged and replaced, or all are restored from a snapshot. The clients are our stores, each with its own doors.
 */
import { sleep, systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { type Random, seededRandom, systemRandom } from '#base/env/random'
import { openEtcdStore } from '#store/etcd/etcd-store'
import { put } from '#store/single-key'
import type { Store } from '#store/store'
import { missingPrograms } from '../../e2e/requirements.ts'
import { checkRecordedRun } from '../check-recorded-run.ts'
import { RecordedRun } from '../recorded-run.ts'
import type { Figures, Scenario } from '../scenario.ts'
import { type EtcdCluster, startEtcdCluster } from './etcd-cluster.ts'
import { etcdFaults } from './faults.ts'
import { refusesDamagedSnapshot, replaceCorruptMember, restoreMissing, restoreSnapshot } from './repairs.ts'

/** What is tried in each run. */
export type EtcdFaultsOptions = {
  readonly name: string
  readonly summary: string
  /** Names of faults, each made once in every run; without it, some by chance. */
  readonly faults?: readonly string[]
}

const faultsPerRun = 3
/** After a fault is taken back; a fault of one member is bridged much sooner. */
const recoveryMsMax = 20_000

export function etcdFaultsScenario(options: EtcdFaultsOptions): Scenario {
  return {
    name: options.name,
    summary: options.summary,
    missing: () =>
      process.getuid?.() === 0 ? missingPrograms('etcd', 'etcdctl', 'ip', 'nft', 'setpriv', 'unshare') : 'to make namespaces needs root',
    open: async () => ({ run: (seed, directory) => runOnce(options, seed, directory), [Symbol.asyncDispose]: async () => undefined }),
  }
}

async function runOnce({ faults }: EtcdFaultsOptions, seed: number, directory: string): Promise<Figures> {
  const random = seededRandom(seed)
  const repairRandom = seededRandom(seed + 2 ** 31)
  const run = new RecordedRun(seed)
  await using cluster = await startEtcdCluster(directory, seed % 100)
  try {
    const made = await loadWithFaults(run, cluster, random, faults ?? chooseFaults(random))
    await cluster.untilAgreed()
    const repairs = await repair(cluster, repairRandom)
    await cluster.untilAgreed()
    await withStores(cluster, (stores) => run.load(stores, { clientCount: 3, callsPerClient: 15, leaseMs: 60_000 }))
    await cluster.untilAgreed()
    checkRecordedRun(run)
    return { ...made, ...repairs, ...run.figures() }
  } finally {
    run.save(directory)
  }
}

function chooseFaults(random: Random): string[] {
  const names = Object.keys(etcdFaults)
  return Array.from({ length: faultsPerRun }, () => names[Math.floor(random.float() * names.length)] ?? '')
}

async function loadWithFaults(run: RecordedRun, cluster: EtcdCluster, random: Random, names: readonly string[]): Promise<Figures> {
  const stop = new AbortController()
  const gaps: { [name: string]: number } = {}
  await withStores(cluster, async (stores) => {
    const prober = run.client(stores[0])
    const faulting = (async () => {
      for (const name of names) {
        await sleep(systemClock, 200 + random.float() * 500)
        run.restart(`fault: ${name}`)
        const startMs = systemClock.monotonicMs()
        await etcdFaults[name]?.(cluster, random)
        await untilWritten(prober, name)
        gaps[`ms without a write, ${name}, Max`] = run.longestSilenceMs(startMs)
      }
    })().finally(() => stop.abort())
    await run.load(stores, {
      clientCount: 6,
      callsPerClient: 5000,
      callsPerSecond: 40,
      leaseMs: 2000 + random.float() * 8000,
      stop: stop.signal,
    })
    await faulting
  })
  return { faults: names.length, ...gaps }
}

/** Waits until a write goes through. */
async function untilWritten(store: Store, after: string): Promise<void> {
  const startMs = systemClock.monotonicMs()
  for (let last: unknown; ; ) {
    try {
      // Each try has a value of its own: what is seen of it tells which one came through.
      await put(store, '/probe', new TextEncoder().encode(systemRandom.uuid()))
      return
    } catch (error) {
      last = error
    }
    if (systemClock.monotonicMs() - startMs > recoveryMsMax)
      throw new Error(`no write goes through after “${after}”: ${String(last)}`, { cause: last })
    await sleep(systemClock, 50)
  }
}

/** Now and then something has to be repaired by hand, as etcd's own instructions say. */
async function repair(cluster: EtcdCluster, random: Random): Promise<Figures> {
  const chance = random.float()
  if (chance < 0.2) {
    const noticedBy = await replaceCorruptMember(cluster, Math.floor(random.float() * 3), random)
    return { membersReplaced: 1, [`damage noticed by ${noticedBy}`]: 1 }
  }
  if (chance > 0.4 || (await restoreMissing()) !== false) return {}
  await refusesDamagedSnapshot(cluster, random)
  await restoreSnapshot(cluster)
  return { restores: 1 }
}

/** Three stores: one that knows all members, as an API server does, and two that prefer or know one only. */
async function withStores(cluster: EtcdCluster, work: (stores: [Store, Store, Store]) => Promise<void>): Promise<void> {
  const [a = '', b = '', c = ''] = cluster.etcd.endpoints
  const open = (...endpoints: readonly string[]) => openEtcdStore({ endpoints, clock: systemClock, log: silentLog })
  await using first = await open(a, b, c)
  await using second = await open(b, c, a)
  await using third = await open(c)
  await work([first, second, third])
}
