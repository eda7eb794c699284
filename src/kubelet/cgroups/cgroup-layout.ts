/** Which cgroup hierarchies this machine has, and where: read from the mount table. */

export type CgroupLayout =
  /** One mount for each controller, or for several together; the unified one of a hybrid machine too, for runc makes cgroups there as well. */
  { readonly version: 1; readonly mounts: readonly string[] } | { readonly version: 2; readonly mounts: readonly string[] }

/** A machine with both (hybrid) counts as v1: there the controllers are, and there runc looks for them. */
export function cgroupLayoutOf(mountInfo: string): CgroupLayout {
  const mounts = mountInfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [type = ''] = after.split(' ')
    const path = before.split(' ')[4]
    return path === undefined || !type.startsWith('cgroup') ? [] : [{ type, path }]
  })
  if (mounts.some(({ type }) => type === 'cgroup')) return { version: 1, mounts: [...new Set(mounts.map(({ path }) => path))] }
  const unified = mounts.find(({ type }) => type === 'cgroup2')
  if (unified === undefined) throw new Error('no cgroup hierarchy is mounted: mount cgroup2 on /sys/fs/cgroup')
  return { version: 2, mounts: [unified.path] }
}
