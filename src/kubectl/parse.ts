/**
 * Reads a command line as pflag does: long and short flags in any place, short switches in one word (`-it`),
 * `--` before plain words. The flags themselves are the table of `component/flags`.
 */
import { type Flag, FlagError, type FlagTable } from '#component/flags'

export type ParsedLine = {
  /** What was given, by name. */
  readonly values: ReadonlyMap<string, unknown>
  readonly args: readonly string[]
  readonly dashAt: number | undefined
  /** What follows the first plain word, where parsing was told to stop there. */
  readonly rest: readonly string[]
}

type State = { readonly words: string[]; readonly values: Map<string, unknown>; readonly table: FlagTable }

/** `stopsAtWord`: everything from the first plain word on is `rest`. Throws FlagErrors in pflag's words. */
export function parseLine(table: FlagTable, argv: readonly string[], options: { readonly stopsAtWord?: boolean } = {}): ParsedLine {
  const state: State = { words: [...argv], values: new Map(), table }
  const args: string[] = []
  for (let word = state.words.shift(); word !== undefined; word = state.words.shift()) {
    if (word === '--') return { values: state.values, args: [...args, ...state.words], dashAt: args.length, rest: [] }
    if (word.startsWith('--')) readLong(state, word)
    else if (word.startsWith('-') && word !== '-') readShorts(state, word)
    else if (options.stopsAtWord) return { values: state.values, args: [], dashAt: undefined, rest: [word, ...state.words] }
    else args.push(word)
  }
  return { values: state.values, args, dashAt: undefined, rest: [] }
}

function readLong(state: State, word: string): void {
  const equals = word.indexOf('=')
  const written = equals < 0 ? word.slice(2) : word.slice(2, equals)
  const name = written.replaceAll('_', '-')
  if (name === '' || name.startsWith('-')) throw new FlagError(`bad flag syntax: ${word}`)
  const flag = Object.hasOwn(state.table, name) ? state.table[name] : undefined
  if (flag === undefined) throw new FlagError(name === 'help' ? helpWanted : `unknown flag: --${written}`)
  const text = equals < 0 ? (flag.bareValue ?? state.words.shift()) : word.slice(equals + 1)
  if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`)
  store(state, name, flag, text)
}

function readShorts(state: State, word: string): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at)
    const [name, flag] = Object.entries(state.table).find(([, { shorthand }]) => shorthand === letter) ?? []
    if (name === undefined || flag === undefined)
      throw new FlagError(letter === 'h' ? helpWanted : `unknown shorthand flag: '${letter}' in -${word.slice(at)}`)
    const tail = word.slice(at + 1)
    if (tail.startsWith('=')) return store(state, name, flag, tail.slice(1))
    if (flag.bareValue !== undefined) {
      store(state, name, flag, flag.bareValue)
      continue
    }
    const text = tail === '' ? state.words.shift() : tail
    if (text === undefined) throw new FlagError(`flag needs an argument: '${letter}' in -${word.slice(at)}`)
    return store(state, name, flag, text)
  }
}

/** The message of the FlagError that means `--help`. */
export const helpWanted = 'pflag: help requested'

function store({ values }: State, name: string, flag: Flag, text: string): void {
  try {
    values.set(name, flag.parse(text, values.get(name)))
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    const shown = flag.shorthand === undefined ? `--${name}` : `-${flag.shorthand}, --${name}`
    throw new FlagError(`invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${error.message}`, { cause: error })
  }
}
