/** The cgroups that a cluster's pods leave behind, in every hierarchy. */
import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes the cluster's cgroup, deepest first; one that still has processes stays. */
export async function removePodCgroups(clusterName: string, root = '/sys/fs/cgroup'): Promise<void> {
  const controllers = await directoriesIn(root)
  for (const place of [root, ...controllers.map((name) => join(root, name))]) await removeTree(join(place, clusterName))
}

async function removeTree(path: string): Promise<void> {
  for (const name of await directoriesIn(path)) await removeTree(join(path, name))
  await rmdir(path).catch(() => undefined)
}

async function directoriesIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}
