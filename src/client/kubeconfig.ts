/**
 * The kubeconfig document: which clusters there are, as whom to reach them, and pairs of both by name.
 * Pure: merging, choosing and changing. Files are read and written in `kubeconfig-file.ts`.
 */

export type Kubeconfig = {
  readonly clusters: readonly NamedCluster[]
  readonly users: readonly NamedUser[]
  readonly contexts: readonly NamedContext[]
  readonly currentContext: string
}

/** Where an entry was read from: relative paths in it start there, and changes are written back there. */
type Origin = { readonly name: string; readonly file?: string | undefined }

export type NamedCluster = Origin & { readonly cluster: Cluster }
export type NamedUser = Origin & { readonly user: User }
export type NamedContext = Origin & { readonly context: Context }

// The field names below are those of the file.
export type Cluster = {
  readonly server?: string
  readonly 'tls-server-name'?: string
  readonly 'insecure-skip-tls-verify'?: boolean
  readonly 'certificate-authority'?: string
  readonly 'certificate-authority-data'?: string
  readonly 'proxy-url'?: string
}

export type User = {
  readonly 'client-certificate'?: string
  readonly 'client-certificate-data'?: string
  readonly 'client-key'?: string
  readonly 'client-key-data'?: string
  readonly token?: string
  readonly tokenFile?: string
  readonly as?: string
  readonly 'as-uid'?: string
  readonly 'as-groups'?: readonly string[]
  readonly username?: string
  readonly password?: string
  readonly exec?: ExecPlugin
}

/** A program that prints credentials. */
export type ExecPlugin = {
  readonly apiVersion?: string
  readonly command: string
  readonly args?: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value: string }[]
}

export type Context = { readonly cluster?: string; readonly user?: string; readonly namespace?: string }

export const emptyKubeconfig: Kubeconfig = { clusters: [], users: [], contexts: [], currentContext: '' }

/** What a command is to talk to. */
export type ResolvedContext = {
  readonly contextName: string
  readonly namespace: string
  readonly cluster: NamedCluster
  readonly user: NamedUser
}

/** What flags put in the place of what the file says. */
export type ContextOverrides = {
  readonly context?: string | undefined
  readonly cluster?: string | undefined
  readonly user?: string | undefined
  readonly namespace?: string | undefined
}

/** A kubeconfig that cannot be used; the message is for the user. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError'
}

/** As upstream: the first file to name an entry, or a current context, wins. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  return {
    clusters: firstOfEachName(configs.flatMap((config) => config.clusters)),
    users: firstOfEachName(configs.flatMap((config) => config.users)),
    contexts: firstOfEachName(configs.flatMap((config) => config.contexts)),
    currentContext: configs.find((config) => config.currentContext !== '')?.currentContext ?? '',
  }
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  const byName = new Map<string, T>()
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry)
  return [...byName.values()]
}

/** Throws a KubeconfigError where a name leads nowhere. An empty config means `http://localhost:8080`, as ever. */
export function resolveContext(config: Kubeconfig, overrides: ContextOverrides = {}): ResolvedContext {
  const contextName = overrides.context ?? config.currentContext
  const context = contextOf(config, contextName, overrides.context !== undefined)
  const clusterName = overrides.cluster ?? context.cluster ?? ''
  const userName = overrides.user ?? context.user ?? ''
  const cluster = config.clusters.find(({ name }) => name === clusterName)
  const user = config.users.find(({ name }) => name === userName)
  if (cluster === undefined && clusterName !== '') throw new KubeconfigError(`cluster "${clusterName}" does not exist`)
  if (user === undefined && userName !== '') throw new KubeconfigError(`auth info "${userName}" does not exist`)
  return {
    contextName,
    namespace: overrides.namespace ?? (context.namespace || 'default'),
    cluster: cluster ?? { name: '', cluster: { server: 'http://localhost:8080' } },
    user: user ?? { name: '', user: {} },
  }
}

function contextOf(config: Kubeconfig, name: string, isDemanded: boolean): Context {
  const context = config.contexts.find((entry) => entry.name === name)?.context
  if (context === undefined && (isDemanded || name !== '')) throw new KubeconfigError(`context "${name}" does not exist`)
  return context ?? {}
}

/** Reads the document of one file; `file` is remembered with every entry. */
export function decodeKubeconfig(document: unknown, file: string | undefined): Kubeconfig {
  if (document === undefined || document === null) return emptyKubeconfig
  if (typeof document !== 'object') throw new KubeconfigError(`error loading config file "${file ?? ''}": not a kubeconfig`)
  const raw = document as Readonly<Record<string, unknown>>
  const kind = raw['kind'] ?? 'Config'
  if (kind !== 'Config')
    throw new KubeconfigError(`error loading config file "${file ?? ''}": no kind "${String(kind)}" is registered for version "v1"`)
  return {
    clusters: entriesOf<NamedCluster>(raw, 'clusters', 'cluster', file),
    users: entriesOf<NamedUser>(raw, 'users', 'user', file),
    contexts: entriesOf<NamedContext>(raw, 'contexts', 'context', file),
    currentContext: typeof raw['current-context'] === 'string' ? raw['current-context'] : '',
  }
}

function entriesOf<T extends Origin>(
  raw: Readonly<Record<string, unknown>>,
  list: string,
  field: string,
  file: string | undefined,
): readonly T[] {
  const entries = raw[list] ?? []
  if (!Array.isArray(entries)) throw new KubeconfigError(`error loading config file "${file ?? ''}": ${list} is not a list`)
  return entries.map(
    (entry: Readonly<Record<string, unknown>>) =>
      ({ name: String(entry['name'] ?? ''), [field]: entry[field] ?? {}, file }) as unknown as T,
  )
}

/** The document to write: what `decodeKubeconfig` reads. */
export function encodeKubeconfig(config: Kubeconfig): Readonly<Record<string, unknown>> {
  const withoutOrigin = ({ file: _, ...entry }: Origin) => entry
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: config.clusters.map(withoutOrigin),
    contexts: config.contexts.map(withoutOrigin),
    'current-context': config.currentContext,
    users: config.users.map(withoutOrigin),
  }
}

/** A copy with the entry under its name, in the place of an older one. */
export function withEntry<T extends { readonly name: string }>(entries: readonly T[], entry: T): readonly T[] {
  return [...entries.filter(({ name }) => name !== entry.name), entry].sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function withoutEntry<T extends { readonly name: string }>(entries: readonly T[], gone: string): readonly T[] {
  return entries.filter(({ name }) => name !== gone)
}
