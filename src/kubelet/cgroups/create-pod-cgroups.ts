/**
 * Pods' cgroups in the layout of upstream's cgroupfs driver: `kubepods`, below it `burstable` and `besteffort`, and a
 * `pod<UID>` for each pod. What counts is what the kernel has: nothing here has to outlive the process.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
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

/** One mount, and the files of its controllers. */
type Hierarchy = { readonly mount: string; readonly hasFile: (file: string) => boolean }
type MachineCgroups = { readonly version: 1 | 2; readonly hierarchies: readonly Hierarchy[] }

class CgroupfsPodCgroups implements PodCgroups {
  readonly #kubepods: string
  readonly #options: PodCgroupsOptions
  /** What pods' cgroups were given last: looking is cheaper than writing it all again. */
  readonly #given = new Map<string, string>()
  #machine: Promise<MachineCgroups> | undefined

  constructor(options: PodCgroupsOptions) {
    this.#options = options
    this.#kubepods = join('/', options.root, 'kubepods')
  }

  async ensure(pod: Pod): Promise<string> {
    const { uid = '' } = pod.metadata
    const { hierarchies } = await this.#hierarchies()
    const qosClass = qosClassOf(pod)
    const path = join(this.#kubepods, qosNames[qosClass], `pod${uid}`)
    const settings = podCgroupSettingsOf(pod)
    const wanted = JSON.stringify([path, settings])
    if (this.#given.get(uid) === wanted && (await isThere(join(hierarchies[0]?.mount ?? '/', path)))) return path
    await Promise.all(hierarchies.map((hierarchy) => this.#ensureIn(hierarchy, path, settings, qosClass)))
    if (qosClass === 'Burstable') await this.#weighBurstable()
    this.#given.set(uid, wanted)
    return path
  }

  async remove(podUid: string): Promise<void> {
    const { hierarchies } = await this.#hierarchies()
    this.#given.delete(podUid)
    const parents = hierarchies.flatMap(({ mount }) => Object.values(qosNames).map((name) => join(mount, this.#kubepods, name)))
    await Promise.all(parents.map((parent) => removeCgroup(join(parent, `pod${podUid}`))))
    await this.#weighBurstable()
  }

  async #ensureIn(hierarchy: Hierarchy, path: string, settings: PodCgroupSettings, qosClass: QosClass): Promise<void> {
    const { version } = await this.#hierarchies()
    const { mount, hasFile } = hierarchy
    await makeCgroup(mount, path, version, hasFile)
    const apply = async (directory: string, own: PodCgroupSettings) => {
      for (const [file, value] of filesOf(version, own)) if (hasFile(file)) await setCgroup(directory, file, value)
    }
    await apply(join(mount, path), settings)
    await apply(join(mount, this.#kubepods), { cpuShares: availableParallelism() * 1024 })
    if (qosClass === 'BestEffort') await apply(join(mount, this.#kubepods, 'besteffort'), { cpuShares: cpuSharesMin })
  }

  /** All burstable pods together weigh as much as what they ask for. */
  async #weighBurstable(): Promise<void> {
    const { version, hierarchies } = await this.#hierarchies()
    const [file, most] = version === 1 ? ['cpu.shares', 262_144] : ['cpu.weight', 10_000]
    for (const { mount, hasFile } of hierarchies) {
      if (!hasFile(file)) continue
      const directory = join(mount, this.#kubepods, 'burstable')
      const pods = await childrenOf(directory)
      const shares = await Promise.all(pods.map(async (pod) => Number((await readCgroup(pod, file)) ?? 0)))
      const sum = shares.reduce((total, one) => total + one, 0)
      if (sum > 0) await setCgroup(directory, file, `${Math.min(sum, most)}`)
    }
  }

  #hierarchies(): Promise<MachineCgroups> {
    this.#machine ??= hierarchiesOf(this.#options)
    return this.#machine
  }
}

/** In v1 a hierarchy's root shows which controllers it has; in v2 the root lacks what its children have. */
async function hierarchiesOf({ layout }: PodCgroupsOptions): Promise<MachineCgroups> {
  const { version, mounts } = layout ?? (await machineLayout())
  const hierarchies = mounts.map(async (mount): Promise<Hierarchy> => {
    const files = version === 1 ? new Set(await readdir(mount)) : undefined
    return { mount, hasFile: (file) => files?.has(file) ?? true }
  })
  return { version, hierarchies: await Promise.all(hierarchies) }
}

async function isThere(directory: string): Promise<boolean> {
  return await stat(directory).then(
    () => true,
    () => false,
  )
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
