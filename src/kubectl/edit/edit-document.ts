/** The text that an editor shows: objects under a few lines of comment, and back again. Pure. */
import { formatYaml, parseYaml, parseYamlDocuments } from '#base/encoding/yaml'
import { formatJson } from '../print/json.ts'
import { type AnyObject, fieldsOf, listOf } from '../resources/unstructured.ts'

export type DocumentFormat = 'yaml' | 'json'

const explanation = [
  "Please edit the object below. Lines beginning with a '#' will be ignored,",
  'and an empty file will abort the edit. If an error occurs while saving this file will be',
  'reopened with the relevant failures.',
  '',
]

export function documentOf(objects: readonly AnyObject[], format: DocumentFormat): string {
  const [first] = objects
  const shown = objects.length === 1 ? first : { apiVersion: 'v1', kind: 'List', metadata: {}, items: objects }
  return format === 'json' ? formatJson(shown) : formatYaml(shown)
}

/** JSON has no comments. */
export function withExplanation(document: string, format: DocumentFormat, failures: readonly string[]): string {
  if (format === 'json') return document
  const lines = [...explanation, ...(failures.length === 0 ? [] : [...failures, ''])]
  return `${lines.map((line) => (line === '' ? '#\n' : `# ${line}\n`)).join('')}${document}`
}

export function withoutComments(text: string, format: DocumentFormat): string {
  if (format === 'json') return text
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
}

/** Throws what the reader throws. */
export function objectsOf(text: string): readonly AnyObject[] {
  const documents = text.includes('\n---') ? parseYamlDocuments(text) : [parseYaml(text)]
  return documents.flatMap((document) => {
    const { kind, items } = fieldsOf(document)
    // What the user wrote is checked by the server.
    return (kind === 'List' ? listOf(items) : [document]) as readonly AnyObject[]
  })
}
