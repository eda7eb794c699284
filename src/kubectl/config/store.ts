/**
 * Kubeconfig files as `kubectl config` changes them: an entry is changed in the file that holds it, a new one goes to the first
 * file that exists. Files that a change does not touch are not written.
 */
import { existsSync } from 'node:fs'
import { type Kubeconfig, mergeKubeconfigs, withEntry, withoutEntry } from '#client/kubeconfig'
import { readKubeconfig, writeKubeconfig } from '#client/kubeconfig-file'
import type { Cluster } from '../cluster.ts'

export type EntryList = 'clusters' | 'users' | 'contexts'
/** The field of an entry that holds its content. */
const contentFields = { clusters: 'cluster', users: 'user', contexts: 'context' } as const

export type Content = Readonly<Record<string, unknown>>

type ConfigFile = { readonly path: string; readonly config: Kubeconfig }

export class ConfigStore {
  readonly #files: readonly ConfigFile[]

  private constructor(files: readonly ConfigFile[]) {
    this.#files = files
  }

  static async open(cluster: Pick<Cluster, 'configPaths'>): Promise<ConfigStore> {
    const paths = cluster.configPaths()
    return new ConfigStore(await Promise.all(paths.map(async (path) => ({ path, config: await readKubeconfig(path) }))))
  }

  get merged(): Kubeconfig {
    return mergeKubeconfigs(this.#files.map(({ config }) => config))
  }

  /** The file that new entries go to, and that messages name. */
  get defaultPath(): string {
    return this.#defaultFile.path
  }

  /** Undefined where no entry has the name. */
  contentOf(list: EntryList, name: string): Content | undefined {
    const entry = this.merged[list].find((one) => one.name === name)
    return entry === undefined ? undefined : (Reflect.get(entry, contentFields[list]) as Content)
  }

  async put(list: EntryList, name: string, content: Content): Promise<void> {
    const file = this.#files.find(({ config }) => config[list].some((entry) => entry.name === name)) ?? this.#defaultFile
    const entry = { name, [contentFields[list]]: content }
    const entries = withEntry<{ readonly name: string }>(file.config[list], entry)
    await writeKubeconfig(file.path, { ...file.config, [list]: entries })
  }

  async remove(list: EntryList, name: string): Promise<void> {
    const file = this.#files.find(({ config }) => config[list].some((entry) => entry.name === name))
    if (file === undefined) return
    const entries = withoutEntry<{ readonly name: string }>(file.config[list], name)
    await writeKubeconfig(file.path, { ...file.config, [list]: entries })
  }

  async setCurrentContext(currentContext: string): Promise<void> {
    const file = this.#files.find(({ config }) => config.currentContext !== '') ?? this.#defaultFile
    await writeKubeconfig(file.path, { ...file.config, currentContext })
  }

  get #defaultFile(): ConfigFile {
    return this.#files.find(({ path }) => existsSync(path)) ?? this.#files.at(-1) ?? { path: '', config: this.merged }
  }
}
