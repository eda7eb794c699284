/**
 * YAML as Kubernetes' Go libraries read and write it: YAML 1.1 booleans and numbers, dates as plain
 * strings, sorted keys, lists without indentation. Nesting and aliases are bounded.
 */
import {
  boolYaml11Tag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  floatYaml11Tag,
  intYaml11Tag,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  YAMLException,
} from 'js-yaml'
import { aliasFault } from './yaml-aliases.ts'
import { goYamlFault } from './yaml-fault.ts'
import { writeYaml } from './yaml-writer.ts'

/** Text that is no YAML, or holds more than the limits allow. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
  /** Counted from 1; undefined where the fault has no place. */
  readonly line: number | undefined

  constructor(message: string, line: number | undefined, cause: unknown) {
    super(line === undefined ? message : `line ${line}: ${message}`, { cause })
    this.line = line
  }
}

/** `allowsDuplicates`: the last of several equal keys wins, as in JSON. */
export type YamlOptions = { readonly allowsDuplicates?: boolean }

/** As Go's reader: no sexagesimal numbers (`12:30` is text), `0o17` is octal. */
const integerTag = defineScalarTag(intYaml11Tag.tagName, {
  ...intYaml11Tag,
  resolve(source, isExplicit, tagName) {
    if (source.includes(':')) return NOT_RESOLVED
    const octal = /^([-+]?)0o([0-7_]+)$/.exec(source)
    if (octal !== null) return Number.parseInt(`${octal[1]}${octal[2]?.replaceAll('_', '')}`, 8)
    return intYaml11Tag.resolve(source, isExplicit, tagName)
  },
})

/** As Go's reader: an exponent makes a number a float even without a dot. */
const floatTag = defineScalarTag(floatYaml11Tag.tagName, {
  ...floatYaml11Tag,
  resolve(source, isExplicit, tagName) {
    if (source.includes(':')) return NOT_RESOLVED
    return /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(source)
      ? Number(source)
      : floatYaml11Tag.resolve(source, isExplicit, tagName)
  },
})

/** Without timestamps and binary: those stay strings, as in JSON. */
const schema = new Schema([...FAILSAFE_SCHEMA.tags, nullYaml11Tag, boolYaml11Tag, integerTag, floatTag, mergeTag])

const limits = { maxDepth: 1000, maxAliases: 1000, maxTotalMergeKeys: 10_000 }

/** The only or first document; undefined if there is none. */
export function parseYaml(text: string, options: YamlOptions = {}): unknown {
  return parseYamlDocuments(text, options)[0]
}

/** Every document of a stream. */
export function parseYamlDocuments(text: string, options: YamlOptions = {}): readonly unknown[] {
  const documents = translated(() => loadAll(text, { ...limits, schema, json: options.allowsDuplicates === true }))
  const fault = text.includes('*') ? aliasFault(documents) : undefined
  if (fault !== undefined) throw new YamlError(fault, undefined, undefined)
  return documents
}

/** One document, ending in a line break. */
export function formatYaml(value: unknown): string {
  return writeYaml(value)
}

/** What Go's reader says to a text that is no YAML; undefined where it is. */
export function goFaultOf(text: string): string | undefined {
  try {
    parseYaml(text, { allowsDuplicates: true })
    return undefined
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const { cause } = error
    if (!(cause instanceof YAMLException) || cause.mark === undefined) return error.message
    return goYamlFault(text, cause.reason, cause.mark) ?? error.message
  }
}

function translated<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const line = error.mark === undefined ? undefined : error.mark.line + 1
    throw new YamlError(error.reason, line, error)
  }
}
