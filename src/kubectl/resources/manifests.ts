/** Objects from files, directories, URLs and standard input; a document that cannot be read does not keep the others from being used. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseYaml, YamlError } from '#base/encoding/yaml'
import { boolFlag, type Flag, listFlag, stringFlag } from '#component/flags'
import type { Host } from '../command.ts'
import { CommandError, messageOf } from '../errors.ts'
import { type AnyObject, fieldsOf, listOf } from './unstructured.ts'

export type Manifest = { readonly source: string } & ({ readonly object: AnyObject } | { readonly error: unknown })

/** `-f`, `-R`, `-k`. */
export const fileFlags = {
  filename: { ...listFlag([], 'Files, directories or URLs that hold the objects; - is standard input.'), shorthand: 'f' } as Flag<
    readonly string[]
  >,
  recursive: boolFlag(false, 'Look for files in the directories below those of --filename too.', { shorthand: 'R' }),
  kustomize: stringFlag('', 'A kustomization directory (needs the real kubectl).', { shorthand: 'k' }),
}

export type FileSelection = { readonly filename: readonly string[]; readonly recursive: boolean; readonly kustomize: string }

const extensions = ['.json', '.yaml', '.yml']

export function hasFiles(selection: FileSelection): boolean {
  return selection.filename.length > 0 || selection.kustomize !== ''
}

/** In the order of the command line; files of a directory by name. */
export async function readManifests(host: Host, selection: FileSelection): Promise<readonly Manifest[]> {
  if (selection.kustomize !== '')
    throw new CommandError('-k (kustomize) is not part of Navarch\'s kubectl yet: pipe the output of "kustomize build" into "-f -"')
  const manifests: Manifest[] = []
  for (const name of selection.filename) {
    for (const file of await filesOf(name, selection.recursive))
      manifests.push(...documentsOf(file === '-' ? 'STDIN' : file, await contentOf(host, file)))
  }
  return manifests
}

async function filesOf(name: string, isRecursive: boolean): Promise<readonly string[]> {
  if (name === '-' || isUrl(name)) return [name]
  const found = await stat(name).catch(() => undefined)
  if (found === undefined) throw new CommandError(`the path ${JSON.stringify(name)} does not exist`)
  if (!found.isDirectory()) return [name]
  const files = await filesBelow(name, isRecursive)
  if (files.length === 0) throw new CommandError(`error reading [${name}]: recognized file extensions are [${extensions.join(' ')}]`)
  return files
}

async function filesBelow(directory: string, isRecursive: boolean): Promise<readonly string[]> {
  const entries = (await readdir(directory, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const nested = entries.map(async (entry): Promise<readonly string[]> => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return isRecursive ? await filesBelow(path, true) : []
    return extensions.some((extension) => entry.name.endsWith(extension)) ? [path] : []
  })
  return (await Promise.all(nested)).flat()
}

function isUrl(name: string): boolean {
  return name.startsWith('http://') || name.startsWith('https://')
}

/** `-` is standard input. */
export async function contentOf(host: Host, file: string): Promise<string> {
  if (file === '-') return await text(host.stdin)
  if (!isUrl(file)) return await readFile(file, 'utf8')
  const response = await fetch(file).catch((error: unknown) => {
    const { cause } = error instanceof Error ? error : {}
    const isRefused = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
    if (!isRefused) throw new CommandError(`unable to read URL ${JSON.stringify(file)}: ${messageOf(cause ?? error)}`)
    throw new CommandError(`The connection to the server ${new URL(file).host} was refused - did you specify the right host or port?`, {
      isBare: true,
    })
  })
  if (!response.ok)
    throw new CommandError(
      `unable to read URL ${JSON.stringify(file)}, server reported ${response.status} ${response.statusText}, status code=${response.status}`,
    )
  return await response.text()
}

/** As upstream: what follows a document that cannot be read is not looked at. */
export function documentsOf(source: string, content: string): readonly Manifest[] {
  const manifests: Manifest[] = []
  for (const document of splitDocuments(content)) {
    const found = manifestsOf(source, document)
    manifests.push(...found)
    if (found.some((manifest) => 'error' in manifest)) break
  }
  return manifests
}

function manifestsOf(source: string, { text: document, line }: { readonly text: string; readonly line: number }): readonly Manifest[] {
  if (/^(\s*(#.*)?\n)*$/.test(document)) return []
  try {
    // As upstream's reader: of keys that stand twice, the last counts.
    const value = parseYaml(document, { allowsDuplicates: true })
    return value === undefined || value === null ? [] : objectsIn(source, value)
  } catch (error) {
    const why = error instanceof YamlError ? yamlMessage(error, line) : messageOf(error)
    return [{ source, error: new CommandError(`error parsing ${source}: error converting YAML to JSON: ${why}`) }]
  }
}

/** What Go's reader says of a tab. */
const startOfToken = 'found character that cannot start any token'

function yamlMessage(error: YamlError, firstLine: number): string {
  const why = error.message.replace(/^line \d+: /, '').replace('tab characters must not be used in indentation', startOfToken)
  return error.line === undefined ? `yaml: ${why}` : `yaml: line ${error.line + firstLine}: ${why}`
}

function splitDocuments(content: string): readonly { readonly text: string; readonly line: number }[] {
  const documents: { text: string; line: number }[] = [{ text: '', line: 0 }]
  for (const [index, line] of content.split('\n').entries()) {
    if (/^---(\s|$)/.test(line)) documents.push({ text: line.slice(3).trim().startsWith('#') ? '' : `${line.slice(3)}\n`, line: index })
    else documents[documents.length - 1] = { ...(documents.at(-1) ?? { line: 0 }), text: `${documents.at(-1)?.text ?? ''}${line}\n` }
  }
  return documents
}

/** Lists are taken apart. */
function objectsIn(source: string, value: unknown): readonly Manifest[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [unusable(source, 'invalid object to validate')]
  const { apiVersion, kind, metadata, items } = fieldsOf(value)
  const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])]
  if (missing.length > 0) {
    return [unusable(source, missing.length === 1 ? (missing[0] ?? '') : `[${missing.join(', ')}]`)]
  }
  const mistyped = mistypedMetadata(metadata)
  if (mistyped !== undefined) return [{ source, error: new CommandError(`unable to decode ${JSON.stringify(source)}: ${mistyped}`) }]
  if (String(kind).endsWith('List') && Array.isArray(items)) return listOf(items).flatMap((item) => objectsIn(source, item))
  return [{ source, object: { ...fieldsOf(value), apiVersion: String(apiVersion), kind: String(kind), metadata: fieldsOf(metadata) } }]
}

function unusable(source: string, why: string): Manifest {
  const message = `error validating ${JSON.stringify(source)}: error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`
  return { source, error: new CommandError(message) }
}

/** Labels and annotations must be texts: everything else is left to the server. */
function mistypedMetadata(metadata: unknown): string | undefined {
  for (const field of ['labels', 'annotations']) {
    const wrong = Object.values(fieldsOf(fieldsOf(metadata)[field])).find((value) => typeof value !== 'string' && value !== null)
    if (wrong !== undefined)
      return `json: cannot unmarshal ${goTypeOf(wrong)} into Go struct field ObjectMeta.metadata.${field} of type string`
  }
  return undefined
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
