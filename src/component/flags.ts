/**
 * Flags as a declared table, read as Go's pflag reads them: `--name=value`, `--name value`, `-n value`,
 * switches without a value, lists with commas or repetition, `--` before plain arguments.
 */
import { parseDurationMs } from '#meta/duration'
import { nearestName } from './nearest-name.ts'

/** One flag. `parse` gets the value so far where the flag was given before, so that lists can grow. */
export type Flag<V = unknown> = {
  readonly default: V
  readonly help: string
  /** What help shows behind the name, such as `string`; '' for switches. */
  readonly placeholder: string
  readonly shorthand?: string
  /** The text that the flag alone stands for: switches mean `true`. */
  readonly bareValue?: string
  parse(text: string, before: V | undefined): V
}

export type FlagTable = Readonly<Record<string, Flag>>
export type FlagValues<F extends FlagTable = FlagTable> = { readonly [K in keyof F]: F[K] extends Flag<infer V> ? V : never }

export type ParsedFlags<F extends FlagTable> = {
  readonly values: FlagValues<F>
  /** The flags that were given, as opposed to those that have their default. */
  readonly given: ReadonlySet<string>
  readonly args: readonly string[]
  /** Flags of upstream's that were given and have no effect here. */
  readonly withoutEffect: readonly string[]
}

/** Flags that are known but do nothing yet; whether one takes a value decides what follows it. */
export type AcceptedFlags = ReadonlyMap<string, { readonly takesValue: boolean }>

/** What the user has to mend; the message is for them. */
export class FlagError extends Error {
  override readonly name = 'FlagError'
}

export function parseFlags<F extends FlagTable>(table: F, argv: readonly string[], accepted: AcceptedFlags = new Map()): ParsedFlags<F> {
  const values = new Map<string, unknown>()
  const args: string[] = []
  const withoutEffect = new Set<string>()
  const rest = [...argv]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      args.push(...rest.splice(0))
    } else if (!word.startsWith('-') || word === '-') {
      args.push(word)
    } else {
      const { name, value } = word.startsWith('--') ? splitLong(word) : splitShort(word, table)
      const flag = Object.hasOwn(table, name) ? table[name] : undefined
      const ignored = accepted.get(name)
      if (flag === undefined && ignored === undefined)
        throw new FlagError(unknownFlagMessage(name, [...Object.keys(table), ...accepted.keys()]))
      if (flag === undefined) withoutEffect.add(name)
      const bareValue = flag === undefined ? (ignored?.takesValue ? undefined : 'true') : flag.bareValue
      const text = value ?? bareValue ?? rest.shift()
      if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`)
      if (flag !== undefined) values.set(name, parseValue(flag, name, text, values.get(name)))
    }
  }
  const defaults = Object.entries(table).map(([name, flag]) => [name, flag.default] as const)
  return {
    values: Object.fromEntries([...defaults, ...values]) as FlagValues<F>,
    given: new Set(values.keys()),
    args,
    withoutEffect: [...withoutEffect],
  }
}

function splitLong(word: string): { readonly name: string; readonly value: string | undefined } {
  const equals = word.indexOf('=')
  // As pflag's normaliser: underscores and dashes are the same.
  const name = (equals < 0 ? word.slice(2) : word.slice(2, equals)).replaceAll('_', '-')
  return { name, value: equals < 0 ? undefined : word.slice(equals + 1) }
}

/** `-v5`, `-v=5`, `-v 5`. */
function splitShort(word: string, table: FlagTable): { readonly name: string; readonly value: string | undefined } {
  const letter = word.charAt(1)
  const name = Object.keys(table).find((key) => table[key]?.shorthand === letter)
  if (name === undefined) throw new FlagError(`unknown shorthand flag: '${letter}' in ${word}`)
  const value = word.slice(2).replace(/^=/, '')
  return { name, value: value === '' ? undefined : value }
}

function parseValue(flag: Flag, name: string, text: string, before: unknown): unknown {
  try {
    return flag.parse(text, before)
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    throw new FlagError(`invalid argument ${JSON.stringify(text)} for "--${name}" flag: ${error.message}`, { cause: error })
  }
}

function unknownFlagMessage(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest === undefined ? `unknown flag: --${name}` : `unknown flag: --${name} (did you mean --${nearest}?)`
}

type Extras = { readonly shorthand?: string }

export function stringFlag(initial: string, help: string, extras: Extras = {}): Flag<string> {
  return { default: initial, help, placeholder: 'string', parse: (text) => text, ...extras }
}

export function boolFlag(initial: boolean, help: string, extras: Extras = {}): Flag<boolean> {
  return { default: initial, help, placeholder: '', bareValue: 'true', parse: parseBool, ...extras }
}

export function intFlag(initial: number, help: string, extras: Extras = {}): Flag<number> {
  return { default: initial, help, placeholder: 'int', parse: parseInteger, ...extras }
}

/** A duration in Go's notation; the value is in milliseconds. */
export function durationFlag(initialMs: number, help: string): Flag<number> {
  return { default: initialMs, help, placeholder: 'duration', parse: parseDuration }
}

/** `--list a,b --list c` is [a, b, c]. */
export function listFlag(initial: readonly string[], help: string): Flag<readonly string[]> {
  return {
    default: initial,
    help,
    placeholder: 'strings',
    parse: (text, before) => [...(before ?? []), ...text.split(',').filter((part) => part !== '')],
  }
}

/** Each occurrence is one entry, commas and all. */
export function repeatedFlag(initial: readonly string[], help: string): Flag<readonly string[]> {
  return { default: initial, help, placeholder: 'stringArray', parse: (text, before) => [...(before ?? []), text] }
}

/** `a=1,b=2`. */
export function mapFlag(initial: Readonly<Record<string, string>>, help: string): Flag<Readonly<Record<string, string>>> {
  return { default: initial, help, placeholder: 'mapStringString', parse: (text, before) => ({ ...before, ...parsePairs(text) }) }
}

/** One of a closed set. */
export function choiceFlag<V extends string>(choices: readonly V[], initial: V, help: string): Flag<V> {
  const parse = (text: string) => {
    const choice = choices.find((value) => value === text)
    if (choice === undefined) throw new FlagError(`must be one of ${choices.filter((value) => value !== '').join(', ')}`)
    return choice
  }
  return { default: initial, help, placeholder: 'string', parse }
}

const truths: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
}

function parseBool(text: string): boolean {
  const value = Object.hasOwn(truths, text) ? truths[text] : undefined
  if (value === undefined) throw new FlagError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
  return value
}

function parseInteger(text: string): number {
  if (!/^[-+]?[0-9]+$/.test(text)) throw new FlagError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function parseDuration(text: string): number {
  const value = parseDurationMs(text)
  if (value === undefined) throw new FlagError(`time: invalid duration ${JSON.stringify(text)}`)
  return value
}

function parsePairs(text: string): Readonly<Record<string, string>> {
  const pairs = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      if (equals < 0) throw new FlagError(`malformed pair, expect string=string`)
      return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const
    })
  return Object.fromEntries(pairs)
}
