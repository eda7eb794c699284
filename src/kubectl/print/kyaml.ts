/** KYAML: YAML in flow style, with every text in quotes, brackets that say where things end, and a comma behind each entry. */

import { sortedKeys } from './json.ts'

export function formatKyaml(value: unknown, keepsOrder = false): string {
  return `---\n${valueText(keepsOrder ? value : sortedKeys(value), '')}\n`
}

function valueText(value: unknown, indent: string): string {
  if (Array.isArray(value)) return listText(value, indent)
  if (typeof value === 'object' && value !== null) return fieldsText(value, indent)
  if (typeof value === 'string') return textOf(value, indent)
  return value === undefined ? 'null' : String(value)
}

function fieldsText(object: object, indent: string): string {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return '{}'
  const inner = `${indent}  `
  return `{\n${entries.map(([key, value]) => `${inner}${keyText(key)}: ${valueText(value, inner)},\n`).join('')}${indent}}`
}

/** Objects and lists stand right behind the bracket. */
function listText(list: readonly unknown[], indent: string): string {
  if (list.length === 0) return '[]'
  const areCollections = list.every((item) => typeof item === 'object' && item !== null)
  if (areCollections) return `[${list.map((item) => valueText(item, indent)).join(', ')}]`
  const inner = `${indent}  `
  return `[\n${list.map((item) => `${inner}${valueText(item, inner)},\n`).join('')}${indent}]`
}

/** What a reader could take for something else than text. */
const reserved = /^(y|n|yes|no|on|off|true|false|null|~)$/i

function keyText(key: string): string {
  return /^[A-Za-z_][\w.\-/]*$/.test(key) && !reserved.test(key) ? key : JSON.stringify(key)
}

/** Several lines are written as several lines, joined by backslashes. */
function textOf(text: string, indent: string): string {
  if (!text.includes('\n') || text.trim() === '') return JSON.stringify(text)
  const inner = `${indent}  `
  const lines = text.split('\n').map((line, index, all) => `${JSON.stringify(line).slice(1, -1)}${index < all.length - 1 ? '\\n' : ''}`)
  const shown = lines.filter((line, index) => line !== '' || index < lines.length - 1)
  return `"\\\n${shown.map((line) => `${inner}${line.startsWith(' ') ? '\\' : ' '}${line}\\\n`).join('')}${inner}"`
}
