/**
 * YAML as kubectl prints it, byte for byte: keys in natural order, plain text where a reader would read back text, folded after
 * column 80, literal blocks for text of several lines.
 */

import { byNaturalOrder } from './yaml-key-order.ts'
import { doubleQuoted, plainText, scalarStyleOf, singleQuoted } from './yaml-scalar.ts'

export function formatYaml(value: unknown): string {
  return isCollection(value) ? block(value, 0) : `${scalar(value, { indent: 0, column: 0 })}\n`
}

type Collection = readonly unknown[] | Readonly<Record<string, unknown>>
/** Where a scalar begins: the indentation of the lines that it may go on in, and its column. */
export type Place = { readonly indent: number; readonly column: number; readonly isKey?: boolean }

function isCollection(value: unknown): value is Collection {
  return typeof value === 'object' && value !== null && (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0)
}

function block(value: Collection, indent: number): string {
  const isList = Array.isArray(value)
  return isList ? sequence(value, indent) : mapping(value as Readonly<Record<string, unknown>>, indent)
}

function mapping(value: Readonly<Record<string, unknown>>, indent: number): string {
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(byNaturalOrder)
  return keys.map((key, index) => (index === 0 ? '' : ' '.repeat(indent)) + entry(key, value[key], indent)).join('')
}

function entry(key: string, value: unknown, indent: number): string {
  const label = scalar(key, { indent, column: indent, isKey: true })
  // As libyaml: a key too long for one line is written with a question mark.
  if (label.length > 128) return `? ${label}\n${' '.repeat(indent)}: ${nested(value, indent, indent + 2)}`
  if (!isCollection(value)) return `${label}: ${scalar(value, { indent: indent + 2, column: indent + label.length + 2 })}\n`
  const inner = Array.isArray(value) ? indent : indent + 2
  return `${label}:\n${' '.repeat(inner)}${block(value, inner)}`
}

/** What stands behind `- ` or `: `: collections begin on the same line. */
function nested(value: unknown, indent: number, column: number): string {
  return isCollection(value) ? block(value, column) : `${scalar(value, { indent: indent + 2, column })}\n`
}

function sequence(value: readonly unknown[], indent: number): string {
  return value.map((item, index) => `${index === 0 ? '' : ' '.repeat(indent)}- ${nested(item, indent, indent + 2)}`).join('')
}

function scalar(value: unknown, place: Place): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return textScalar(value, place)
  if (Array.isArray(value)) return '[]'
  return typeof value === 'object' ? '{}' : String(value)
}

/** As Go's `%g` with the shortest digits: exponents from 1e+21 on. */
function numberText(value: number): string {
  return String(value).replace(/e([-+])(\d)$/, 'e$10$2')
}

function textScalar(value: string, place: Place): string {
  const style = scalarStyleOf(value, place.isKey === true)
  switch (style) {
    case 'plain':
      return plainText(value, place)
    case 'single':
      return singleQuoted(value, place)
    case 'double':
      return doubleQuoted(value, place)
    case 'literal':
      return literalBlock(value, place.indent)
  }
}

function literalBlock(value: string, indent: number): string {
  const hint = /^[ \n]/.test(value) ? '2' : ''
  const chomping = !value.endsWith('\n') ? '-' : value === '\n' || value.endsWith('\n\n') ? '+' : ''
  const lines = value.replace(/\n$/, '').split('\n')
  return `|${hint}${chomping}\n${lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n')}`
}
