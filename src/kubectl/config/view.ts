/** The document that `kubectl config view` prints: paths absolute, secrets hidden, files taken in if that is wanted. */
import { readFile } from 'node:fs/promises'
import type { Kubeconfig } from '#client/kubeconfig'
import { pathInEntry } from '#client/kubeconfig-file'
import { CommandError } from '../errors.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { entryFields, hiddenValues } from './fields.ts'
import type { Content, EntryList } from './store.ts'

export type ViewOptions = { readonly isRaw: boolean; readonly isFlat: boolean }

export async function viewOf(config: Kubeconfig, options: ViewOptions): Promise<AnyObject> {
  const shown = async (list: EntryList, field: 'cluster' | 'user' | 'context') =>
    await Promise.all(
      config[list]
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(async (entry) => ({
          name: entry.name,
          [field]: await shownContent(list, (Reflect.get(entry, field) ?? {}) as Content, entry.file, options),
        })),
    )
  const document = {
    kind: 'Config',
    apiVersion: 'v1',
    clusters: await shown('clusters', 'cluster'),
    users: await shown('users', 'user'),
    contexts: await shown('contexts', 'context'),
    'current-context': config.currentContext,
  }
  // A kubeconfig has no metadata, but is printed as objects are.
  return document as unknown as AnyObject
}

/** Only what the current context needs. Throws a CommandError where there is none. */
export function minified(config: Kubeconfig, contextName: string): Kubeconfig {
  if (contextName === '') throw new CommandError('current-context must exist in order to minify')
  const entry = config.contexts.find(({ name }) => name === contextName)
  if (entry === undefined) throw new CommandError(`cannot locate context ${contextName}`)
  return {
    currentContext: contextName,
    contexts: [entry],
    clusters: config.clusters.filter(({ name }) => name === entry.context.cluster),
    users: config.users.filter(({ name }) => name === entry.context.user),
  }
}

async function shownContent(list: EntryList, content: Content, file: string | undefined, options: ViewOptions): Promise<Content> {
  const whole = options.isFlat ? await flattened(content, list, file) : content
  const types = entryFields[list]
  const fields = Object.keys(types).flatMap((name): readonly (readonly [string, unknown])[] => {
    const value = whole[name]
    if (value === undefined || value === '' || value === false) return []
    if (types[name] === 'path') return [[name, pathInEntry(String(value), file)]]
    return [[name, name === 'exec' ? shownExec(value) : options.isRaw ? value : (hiddenValues[name] ?? value)]]
  })
  return Object.fromEntries(fields)
}

async function flattened(content: Content, list: EntryList, file: string | undefined): Promise<Content> {
  const changed: Record<string, unknown> = { ...content }
  for (const name of Object.keys(entryFields[list])) {
    const path = content[name]
    if (entryFields[list][name] !== 'path' || name === 'tokenFile' || typeof path !== 'string' || path === '') continue
    delete changed[name]
    changed[`${name}-data`] = (await readFile(pathInEntry(path, file))).toString('base64')
  }
  return changed
}

/** As upstream's type: lists are there even if they are empty. */
function shownExec(exec: unknown): unknown {
  const { command, args = null, env = null, apiVersion, ...rest } = exec as Content
  return { command, args, env, apiVersion, provideClusterInfo: false, ...rest }
}
