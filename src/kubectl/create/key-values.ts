/** Keys and values of ConfigMaps and Secrets: from words of the command line, files, directories and files of KEY=VALUE lines. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { repeatedFlag } from '#component/flags'
import { isConfigMapKey, isEnvVarName } from '#meta/names'
import { CommandError } from '../errors.ts'

export const keyValueFlags = {
  'from-env-file': repeatedFlag([], 'A file of KEY=VALUE lines, each of which becomes an entry.'),
  'from-file': repeatedFlag([], 'A file that becomes an entry under its own name or under KEY=FILE; a directory stands for its files.'),
  'from-literal': repeatedFlag([], 'An entry, as KEY=VALUE.'),
}

export type KeyValueFlags = {
  readonly 'from-env-file': readonly string[]
  readonly 'from-file': readonly string[]
  readonly 'from-literal': readonly string[]
}

export type KeyValue = { readonly key: string; readonly value: Buffer }

/** Throws a CommandError where a source cannot be read or two entries have one key. `owner` is how messages name the object. */
export async function keyValuesOf(
  flags: KeyValueFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly KeyValue[]> {
  if (flags['from-env-file'].length > 0 && (flags['from-file'].length > 0 || flags['from-literal'].length > 0))
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal')
  const found: KeyValue[] = flags['from-literal'].map(literal)
  for (const source of flags['from-file']) found.push(...(await fromFile(source)))
  for (const path of flags['from-env-file']) found.push(...fromLines(await contentOf(path), environment))
  return found
}

/** Throws a CommandError for a key that is no name of an entry, or stands twice. */
export function checkKeys(entries: readonly KeyValue[], say: (key: string, why: string | undefined) => string): void {
  const seen = new Set<string>()
  for (const { key } of entries) {
    const problems = isConfigMapKey(key)
    if (problems.length > 0) throw new CommandError(say(key, problems.join(',')))
    if (seen.has(key)) throw new CommandError(say(key, undefined))
    seen.add(key)
  }
}

function literal(source: string): KeyValue {
  const equals = source.indexOf('=')
  if (equals <= 0) throw new CommandError(`invalid literal source ${source}, expected key=value`)
  return { key: source.slice(0, equals), value: Buffer.from(source.slice(equals + 1)) }
}

async function fromFile(source: string): Promise<readonly KeyValue[]> {
  const [key, path] = keyAndPath(source)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new CommandError(`error reading ${path}: no such file or directory`)
  if (!found.isDirectory()) return [{ key, value: await readFile(path) }]
  if (source.includes('=')) throw new CommandError('cannot give a key name for a directory path')
  const entries = (await readdir(path, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const files = entries.filter((entry) => entry.isFile())
  return await Promise.all(files.map(async ({ name }) => ({ key: name, value: await readFile(join(path, name)) })))
}

function keyAndPath(source: string): readonly [key: string, path: string] {
  const parts = source.split('=')
  const [key = '', path = ''] = parts
  if (parts.length === 1) return [basename(source), source]
  if (parts.length > 2) throw new CommandError("key names or file paths cannot contain '='")
  if (key === '') throw new CommandError(`key name for file path ${path} missing`)
  if (path === '') throw new CommandError(`file path for key name ${key} missing`)
  return [key, path]
}

async function contentOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new CommandError(`error reading ${path}: no such file or directory`)
  if (found.isDirectory()) throw new CommandError('env config file cannot be a directory')
  return await readFile(path, 'utf8')
}

/** A key alone takes its value from the environment. */
export function fromLines(content: string, environment: Readonly<Record<string, string | undefined>>): readonly KeyValue[] {
  const found: KeyValue[] = []
  for (const raw of content.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const line = raw.trimStart()
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    const key = equals < 0 ? line : line.slice(0, equals)
    const [problem] = isEnvVarName(key)
    if (problem !== undefined) throw new CommandError(`${JSON.stringify(key)} is not a valid key name: ${problem}`)
    const value = equals < 0 ? environment[key] : line.slice(equals + 1)
    if (value !== undefined) found.push({ key, value: Buffer.from(value) })
  }
  return found
}
