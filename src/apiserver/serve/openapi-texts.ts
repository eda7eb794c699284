/**
 * The texts of API fields, read from the type declarations of `@kubernetes/client-node` where that package is installed:
 * what `kubectl explain` shows. Without it the documents have no descriptions and all else.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Describe } from '#meta/schema/openapi'

/** Reads each file at first use; `warn` is told once where the package is missing. */
export function descriptionsOf(directory: string | undefined): Describe {
  if (directory === undefined) return () => undefined
  const read = new Map<string, ReadonlyMap<string, string>>()
  return (definition, field = '') => {
    let texts = read.get(definition)
    if (texts === undefined) {
      texts = textsOf(directory, definition)
      read.set(definition, texts)
    }
    return texts.get(field)
  }
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

/** By field; the type's own text is under ''. */
function textsOf(directory: string, definition: string): ReadonlyMap<string, string> {
  const path = fileNamesOf(definition)
    .map((name) => join(directory, `${name}.d.ts`))
    .find(existsSync)
  return path === undefined ? new Map() : parseDeclaration(readFileSync(path, 'utf8'))
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

/** The declarations have two blanks where a paragraph began, but also where somebody likes them behind a full stop. */
const paragraph = /(?<=\S) {2}(?=Populated by|This field |Alternatively|Note: |Must be |It must |Exactly one)/g

function parseDeclaration(source: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const [, comment = '', field = ''] of source.matchAll(commented)) {
    const lines = comment.split('\n').map((line) => line.trim().replace(/^\* ?/, ''))
    const text = lines.join('\n').trim().replaceAll(paragraph, '\n\n')
    texts.set(field, text.replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll('\\n', '\n'))
  }
  return texts
}
