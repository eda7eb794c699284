/** Plugins: programs called `kubectl-NAME` in the directories of $PATH. */
import { constants } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

function directoriesOf(environment: Environment): readonly string[] {
  return [...new Set((environment['PATH'] ?? '').split(':').filter((directory) => directory !== ''))]
}

export type PluginList = { readonly paths: readonly string[]; readonly unreadable: readonly string[] }

export async function installedPlugins(environment: Environment): Promise<PluginList> {
  const paths: string[] = []
  const unreadable: string[] = []
  for (const directory of directoriesOf(environment)) {
    const names = await readdir(directory).catch(() => undefined)
    if (names === undefined) unreadable.push(directory)
    else
      paths.push(
        ...names
          .filter((name) => name.startsWith('kubectl-'))
          .toSorted()
          .map((name) => join(directory, name)),
      )
  }
  return { paths, unreadable }
}

export async function isExecutable(path: string): Promise<boolean> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  return (
    isFile &&
    (await access(path, constants.X_OK).then(
      () => true,
      () => false,
    ))
  )
}

/** The plugin that most of the words name: `kubectl foo bar x` may be `kubectl-foo-bar x`. Dashes in words are underscores. */
export async function findPlugin(
  words: readonly string[],
  environment: Environment,
): Promise<{ readonly path: string; readonly args: readonly string[] } | undefined> {
  const firstFlag = words.findIndex((word) => word.startsWith('-'))
  const names = words.slice(0, firstFlag < 0 ? undefined : firstFlag).map((word) => word.replaceAll('-', '_'))
  for (let count = names.length; count > 0; count--) {
    const name = `kubectl-${names.slice(0, count).join('-')}`
    for (const directory of directoriesOf(environment)) {
      const path = join(directory, name)
      if (!name.includes('/') && (await isExecutable(path))) return { path, args: words.slice(count) }
    }
  }
  return undefined
}
