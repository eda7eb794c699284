/**
 * Pods' cgroups in the layout of upstream's cgroupfs driver: `kubepods`, below it `burstable` and `besteffort`, and a
 * `pod<UID>` for each pod. State is what the kernel has; nothing is remembered.
 */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Pod } from '#kinds/core/types.gen'
import { childrenOf, makeCgroup, readCgroup, removeCgroup, setCgroup } from './cgroup-files.ts'
import { type CgroupLayout, cgroupLayoutOf } from './cgroup-layout.ts'
import {
  cpuPeriodUs,
  cpuSharesMin,
  cpuWeightOf,
  type PodCgroupSettings,
  podCgroupSettingsOf,
  type QosClass,
  qosClassOf,
} from './pod-cgroup-settings.ts'
import type { PodCgroups } from './pod-cgroups.ts'

export type PodCgroupsOptions = {
  /** Upstream's `--cgroup-root`; made where it is missing. */
  readonly root: string
  /** This machine's own, unless told otherwise. */
  readonly layout?: CgroupLayout
}

const qosNames: Readonly<Record<QosClass, string>> = { Guaranteed: '', Burstable: 'burstable', BestEffort: 'besteffort' }

export function createPodCgroups(options: PodCgroupsOptions): PodCgroups {
  return new CgroupfsPodCgroups(options)
}

/** Takes away all that kubelets with this root have made, the root itself too where it is not the machine's. */
export async function removeCgroupRoot({ root, layout }: PodCgroupsOptions): Promise<void> {
  const { mounts } = layout ?? (await machineLayout())
  const top = join('/', root)
  for (const mount of mounts) await removeCgroup(join(mount, top === '/' ? 'kubepods' : top))
}

class CgroupfsPodCgroups implements PodCgroups {
  readonly #kubepods: string
  readonly #layout: Promise<CgroupLayout>

  constructor({ root, layout }: PodCgroupsOptions) {
    this.#kubepods = join('/', root, 'kubepods')
    this.#layout = layout === undefined ? machineLayout() : Promise.resolve(layout)
    this.#layout.catch(() => {}) // Whoever asks first hears of it.
  }

  async ensure(pod: Pod): Promise<string> {
    const layout = await this.#layout
    const qosClass = qosClassOf(pod)
    const path = join(this.#kubepods, qosNames[qosClass], `pod${pod.metadata.uid}`)
    for (const mount of layout.mounts) await makeCgroup(mount, path, layout.version)
    await this.#apply(layout, path, podCgroupSettingsOf(pod))
    await this.#apply(layout, this.#kubepods, { cpuShares: availableParallelism() * 1024 })
    if (qosClass === 'BestEffort') await this.#apply(layout, join(this.#kubepods, 'besteffort'), { cpuShares: cpuSharesMin })
    if (qosClass === 'Burstable') await this.#weighBurstable(layout)
    return path
  }

  async remove(podUid: string): Promise<void> {
    const layout = await this.#layout
    for (const mount of layout.mounts) {
      for (const qosName of Object.values(qosNames)) await removeCgroup(join(mount, this.#kubepods, qosName, `pod${podUid}`))
    }
    await this.#weighBurstable(layout)
  }

  /** All burstable pods together weigh as much as what they ask for. */
  async #weighBurstable(layout: CgroupLayout): Promise<void> {
    const file = layout.version === 1 ? 'cpu.shares' : 'cpu.weight'
    for (const mount of layout.mounts) {
      const directory = join(mount, this.#kubepods, 'burstable')
      const pods = await childrenOf(directory)
      const shares = await Promise.all(pods.map(async (pod) => Number((await readCgroup(pod, file)) ?? 0)))
      const sum = shares.reduce((total, one) => total + one, 0)
      if (sum > 0) await setCgroup(directory, file, `${Math.min(sum, layout.version === 1 ? 262_144 : 10_000)}`)
    }
  }

  async #apply(layout: CgroupLayout, path: string, settings: PodCgroupSettings): Promise<void> {
    for (const mount of layout.mounts) {
      for (const [file, value] of filesOf(layout.version, settings)) await setCgroup(join(mount, path), file, value)
    }
  }
}

async function machineLayout(): Promise<CgroupLayout> {
  return cgroupLayoutOf(await readFile('/proc/self/mountinfo', 'utf8'))
}

function filesOf(
  version: 1 | 2,
  { cpuShares, cpuQuotaUs, memoryLimitBytes }: PodCgroupSettings,
): readonly (readonly [file: string, value: string])[] {
  if (version === 2) {
    return [
      ['cpu.weight', `${cpuWeightOf(cpuShares)}`],
      ['cpu.max', `${cpuQuotaUs ?? 'max'} ${cpuPeriodUs}`],
      ['memory.max', `${memoryLimitBytes ?? 'max'}`],
    ]
  }
  return [
    ['cpu.shares', `${cpuShares}`],
    ['cpu.cfs_period_us', `${cpuPeriodUs}`],
    ['cpu.cfs_quota_us', `${cpuQuotaUs ?? -1}`],
    ['memory.limit_in_bytes', `${memoryLimitBytes ?? -1}`],
  ]
}
