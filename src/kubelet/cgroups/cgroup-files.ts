/** Single cgroup directories on this machine: made with all that children need, set, and removed with what is in them. */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A new cpuset is empty, and a process in it could run nowhere: it gets what its parent has. */
const cpusetFiles = ['cpuset.cpus', 'cpuset.mems'] as const

/** Makes `path` below a hierarchy's mount, and every level above it. */
export async function makeCgroup(mount: string, path: string, version: 1 | 2, hasFile: (file: string) => boolean): Promise<void> {
  const inherited = version === 1 ? cpusetFiles.filter(hasFile) : []
  let at = mount
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (version === 2) await delegateControllers(at)
    at = join(at, name)
    await mkdir(at, { recursive: true, mode: 0o755 })
    for (const file of inherited) await inheritSetting(at, file)
  }
}

/** Writes a setting where the hierarchy has that controller. False where it has not. */
export async function setCgroup(directory: string, file: string, value: string): Promise<boolean> {
  try {
    await writeFile(join(directory, file), value, { flag: 'r+' })
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw new Error(`cannot set ${file} of cgroup ${directory} to ${value}`, { cause: error })
  }
}

export async function readCgroup(directory: string, file: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, file), 'utf8')).trim()
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENODEV')) return undefined
    throw error
  }
}

export async function childrenOf(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}

/** Removes a cgroup with those below it. Processes left in it are killed; while they die it throws, so try again. */
export async function removeCgroup(directory: string): Promise<void> {
  for (const child of await childrenOf(directory)) await removeCgroup(child)
  try {
    await rmdir(directory)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return
    await killAll(directory)
    throw new Error(`cgroup ${directory} is still in use`, { cause: error })
  }
}

async function killAll(directory: string): Promise<void> {
  const processes = (await readCgroup(directory, 'cgroup.procs')) ?? ''
  for (const line of processes.split('\n').filter((one) => one !== '')) {
    try {
      process.kill(Number(line), 'SIGKILL')
    } catch (error) {
      if (!isCode(error, 'ESRCH')) throw error
    }
  }
}

async function inheritSetting(directory: string, file: string): Promise<void> {
  const own = await readCgroup(directory, file)
  if (own !== '') return
  await setCgroup(directory, file, (await readCgroup(dirname(directory), file)) ?? '')
}

/** v2: children get the controllers that their parent hands down. */
async function delegateControllers(directory: string): Promise<void> {
  const has = ((await readCgroup(directory, 'cgroup.controllers')) ?? '').split(' ').filter((name) => name !== '')
  const given = new Set(((await readCgroup(directory, 'cgroup.subtree_control')) ?? '').split(' '))
  const missing = has.filter((name) => !given.has(name))
  if (missing.length > 0) await setCgroup(directory, 'cgroup.subtree_control', missing.map((name) => `+${name}`).join(' '))
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
