/** What a cluster was made with. Written once by the first `up`; every later command reads it. */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeKeyFile } from '#net/pki/key-file'

export type Settings = {
  /** Of this file and of the directory around it. A newer one than ours is refused, an older one is brought up: 2 has several control planes. */
  readonly stateVersion: 1 | 2
  /** Of the cluster: its kubeconfig context and its cgroup. */
  readonly name: string
  /** The bridge that the node's pods hang on. */
  readonly bridge: string
  readonly nodeName: string
  readonly nodeAddress: string
  readonly apiPort: number
  readonly kubeletPort: number
  readonly podCidr: string
  readonly serviceCidr: string
  /** With one, it runs on the machine itself; several have a host and a member of the store each. */
  readonly controlPlanes: number
  /** Addresses of those hosts. */
  readonly controlPlaneCidr: string
  /** What keeps the programs alive. */
  readonly supervisor: 'shell' | 'systemd'
}

const stateVersion = 2

/** What settings of version 1 do not say. */
export const oneControlPlane = { controlPlanes: 1, controlPlaneCidr: '10.89.0.0/24' }

/** A version that does not know of several control planes must not take the cluster for one with an empty store. */
export function stateVersionOf(controlPlanes: number): 1 | 2 {
  return controlPlanes === 1 ? 1 : 2
}

/** The nft table of the node's service proxy. */
export function proxyTableOf({ name }: Pick<Settings, 'name'>): string {
  return `${name}-proxy`
}

/** What stands in the way, and what to do about it; shown as it is. */
export class LocalError extends Error {
  override readonly name = 'LocalError'
}

/** The file is there, but no `up` has written it as it is. */
export class DamagedSettings extends LocalError {}

/** Undefined where no cluster has been made yet. */
export async function readSettings(path: string): Promise<Settings | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new LocalError(`cannot read ${path}: ${error.message}`, { cause: error })
  })
  if (text === undefined) return undefined
  return decode(text, path)
}

/** For commands that need a cluster. */
export async function existingSettings({
  root,
  settingsFile,
}: {
  readonly root: string
  readonly settingsFile: string
}): Promise<Settings> {
  const settings = await readSettings(settingsFile)
  if (settings === undefined) throw new LocalError(`there is no cluster in ${root}: make one with "navarch up"`)
  return settings
}

function decode(text: string, path: string): Settings {
  const settings = parsed(text)
  if (settings === undefined) throw new DamagedSettings(`${path} is damaged: restore it, or remove the cluster with "navarch down --purge"`)
  if (settings.stateVersion > stateVersion) {
    throw new LocalError(
      `${dirname(path)} was written by a newer Navarch (state version ${settings.stateVersion}, this one knows ${stateVersion}): use that one, or another --data-dir`,
    )
  }
  return settings
}

/** Undefined for what no `up` has written as a whole. */
function parsed(text: string): Settings | undefined {
  try {
    const value = JSON.parse(text) as Partial<Settings> | null
    const isWhole = typeof value?.stateVersion === 'number' && typeof value.name === 'string' && typeof value.bridge === 'string'
    return isWhole ? { ...oneControlPlane, ...(value as Settings) } : undefined
  } catch {
    return undefined
  }
}

export async function writeSettings(path: string, settings: Settings): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeKeyFile(path, `${JSON.stringify(settings, undefined, 2)}\n`)
}
