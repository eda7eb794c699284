/**
 * The texts of API fields, from the type declarations of `@kubernetes/client-node`: what `kubectl explain` shows. In development
 * they are read from that package, a release has them in one file beside its bundle. With neither the documents
 * have no descriptions and all else.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Describe } from '#meta/schema/openapi'

/** Beside the bundle: all texts, packed. */
export const textsFileName = 'openapi-texts.json.gz'

/** By field; the type's own text is under ''. */
type TypeTexts = Readonly<Record<string, string>>

/** Where texts come from: those of a declaration, by the name of its file. */
type TextSource = (name: string) => TypeTexts | undefined

/** Reads at first use. */
export function descriptions(): Describe {
  const packed = fileURLToPath(new URL(textsFileName, import.meta.url))
  if (existsSync(packed)) return describeWith(packedTexts(packed))
  const directory = modelsDirectory()
  return directory === undefined ? () => undefined : describeWith(declaredTexts(directory))
}

function describeWith(source: TextSource): Describe {
  return (definition, field = '') => {
    for (const name of fileNamesOf(definition)) {
      const texts = source(name)
      if (texts !== undefined) return texts[field]
    }
    return undefined
  }
}

function declaredTexts(directory: string): TextSource {
  const read = new Map<string, TypeTexts | undefined>()
  return (name) => {
    if (!read.has(name)) {
      const path = join(directory, `${name}.d.ts`)
      read.set(name, existsSync(path) ? parseDeclaration(readFileSync(path, 'utf8')) : undefined)
    }
    return read.get(name)
  }
}

/** Unpacked while documents are made, and given back to the garbage collector after that. */
function packedTexts(path: string): TextSource {
  let kept: WeakRef<Readonly<Record<string, TypeTexts>>> | undefined
  return (name) => {
    let texts = kept?.deref()
    if (texts === undefined) {
      texts = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Readonly<Record<string, TypeTexts>>
      kept = new WeakRef(texts)
    }
    return texts[name]
  }
}

/** All texts of a folder of declarations, as the packed file holds them. */
export function textsOfDeclarations(directory: string): Readonly<Record<string, TypeTexts>> {
  const source = declaredTexts(directory)
  const names = readdirSync(directory).flatMap((file) => (file.endsWith('.d.ts') ? [file.slice(0, -'.d.ts'.length)] : []))
  return Object.fromEntries(names.map((name) => [name, source(name) ?? {}]))
}

/** The folder of declarations; undefined where the package is not installed. */
export function modelsDirectory(): string | undefined {
  try {
    const directory = join(dirname(fileURLToPath(import.meta.resolve('@kubernetes/client-node'))), 'gen', 'models')
    return existsSync(directory) ? directory : undefined
  } catch {
    return undefined
  }
}

/** `io.k8s.api.core.v1.Event` may be in `V1Event` or, where groups share a name, in `CoreV1Event`. */
function fileNamesOf(definition: string): readonly string[] {
  const parts = definition.split('.')
  const [group = '', version = '', kind = ''] = parts.slice(-3)
  const prefixes = version.startsWith('v') ? [capitalized(group) + capitalized(version), capitalized(version)] : ['V1']
  return [...prefixes.map((prefix) => `${prefix}${kind}`), ...(kind === 'Info' ? ['VersionInfo'] : [])]
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const commented = /\/\*\*\s*\n((?:\s*\*[^\n]*\n)+?)\s*\*\/\s*\n\s*(?:export declare class \w+|'([^']+)'\??:)/g

/** The declarations have a blank for each end of a line: two for that of a paragraph, more before a line that is set in. */
const indented = /(?<=\S) ( {2,})(?=\S)/g

/** Where two blanks are what was written, by what follows: mostly behind a full stop. */
const written = [
  '"\\*" means',
  '\\*s are',
  '- WebSocket',
  '= ceil',
  '[a-z|]',
  'A common example is external',
  'An empty set',
  'Each MatchingPrecedence',
  'Ergo, ',
  'Event consumers',
  'Events should',
  'Exactly one of resource',
  'If multiple API',
  'If no namespace',
  'If not specified, default',
  'If set in both',
  'If this field is specified',
  'It can only',
  'It defaults',
  'Only applies',
  'Only one "',
  'P ',
  'Scaling is',
  'See the individual metric',
  'Such metrics',
  'The DELETE',
  'The desired replica',
  'The user is responsible',
  'The values will',
  'These IPs are not',
  'This allows',
  'This field has a default',
  'Valid values are "None"',
  'Volume names',
  'When unset, VolumeBinding',
  'When using keyPath',
]
const paragraph = new RegExp(`(?<=\\S) {2}(?=\\S)(?!${written.join('|')})`, 'g')

function parseDeclaration(source: string): TypeTexts {
  const texts: Record<string, string> = {}
  for (const [, comment = '', field = ''] of source.matchAll(commented)) {
    const lines = comment.split('\n').map((line) => line.trim().replace(/^\* ?/, ''))
    const text = lines.join('\n').trim().replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll('\\n', '\n')
    texts[field] = text.replaceAll(indented, '\n$1').replaceAll(paragraph, '\n\n')
  }
  return texts
}
