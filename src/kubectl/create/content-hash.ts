/** `--append-hash`: a name that changes with the content, by upstream's rule. */
import { createHash } from 'node:crypto'
import { compactJson } from '../print/json.ts'

/** Vowels and digits that look like vowels give way, so that no words come about. */
const replacements: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

/** Ten characters. */
export function contentHash(content: Readonly<Record<string, unknown>>): string {
  const digest = createHash('sha256').update(compactJson(content)).digest('hex')
  return digest.slice(0, 10).replaceAll(/[013ae]/g, (char) => replacements[char] ?? char)
}
