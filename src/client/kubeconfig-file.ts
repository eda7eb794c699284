/** Kubeconfig files on disk. Files are private (0600) and replaced in one step. */
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { formatYaml, parseYaml, YamlError } from '#base/encoding/yaml'
import { writeKeyFile } from '#net/pki/key-file'
import { decodeKubeconfig, emptyKubeconfig, encodeKubeconfig, type Kubeconfig, KubeconfigError, mergeKubeconfigs } from './kubeconfig.ts'

/** The variables that say where the files are. */
export type KubeconfigEnvironment = Readonly<Record<string, string | undefined>>

/** `--kubeconfig`, else the list in $KUBECONFIG, else `~/.kube/config`. */
export function kubeconfigPaths(flag: string | undefined, environment: KubeconfigEnvironment): readonly string[] {
  if (flag) return [flag]
  const listed = (environment['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '')
  if (listed.length > 0) return listed
  return [join(environment['HOME'] ?? '/', '.kube', 'config')]
}

/** Reads and merges files; those that do not exist count as empty, unless one was named by a flag (`mustExist`). */
export async function readKubeconfigs(paths: readonly string[], mustExist = false): Promise<Kubeconfig> {
  return mergeKubeconfigs(await Promise.all(paths.map((path) => readKubeconfig(path, mustExist))))
}

/** One file. */
export async function readKubeconfig(path: string, mustExist = false): Promise<Kubeconfig> {
  const text = await textOf(path, mustExist)
  if (text === undefined) return emptyKubeconfig
  try {
    return decodeKubeconfig(parseYaml(text), path)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new KubeconfigError(`error loading config file "${path}": yaml: ${error.message}`, { cause: error })
  }
}

async function textOf(path: string, mustExist: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' && !mustExist) return undefined
    const why = code === 'ENOENT' ? `stat ${path}: no such file or directory` : `error loading config file "${path}": ${String(error)}`
    throw new KubeconfigError(why, { cause: error })
  }
}

export async function writeKubeconfig(path: string, config: Kubeconfig): Promise<void> {
  await writeKeyFile(path, formatYaml(encodeKubeconfig(config)))
}

/** A path in an entry is relative to the file that holds the entry. */
export function pathInEntry(path: string, file: string | undefined): string {
  return file === undefined ? resolve(path) : resolve(dirname(file), path)
}
