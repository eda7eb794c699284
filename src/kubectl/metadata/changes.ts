/** Words of a command line that change a map: `key=value` sets, `key-` removes; everything before them is plain. */
import { isLabelValue } from '#meta/names'
import { CommandError } from '../errors.ts'

export type Changes = { readonly set: ReadonlyMap<string, string>; readonly removed: readonly string[] }

export function parseChanges(args: readonly string[], noun: string): { readonly plain: readonly string[]; readonly changes: Changes } {
  const first = args.findIndex((arg) => arg.includes('=') || arg.endsWith('-'))
  const words = first < 0 ? [] : args.slice(first)
  const set = new Map<string, string>()
  const removed: string[] = []
  for (const word of words) {
    const equals = word.indexOf('=')
    if (noun === 'label' && word.split('=').length > 2) throw new CommandError(`invalid label spec: ${word}`)
    if (equals > 0) set.set(word.slice(0, equals), word.slice(equals + 1))
    else if (word.endsWith('-') && equals < 0) removed.push(word.slice(0, -1))
    else throw new CommandError(`unknown ${noun} spec: ${word}`)
  }
  const both = removed.filter((key) => set.has(key))
  if (both.length > 0)
    throw new CommandError(
      noun === 'label'
        ? 'can not both modify and remove a label in the same command'
        : `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    )
  if (noun === 'label') for (const [key, value] of set) checkLabel(key, value)
  return { plain: first < 0 ? args : args.slice(0, first), changes: { set, removed } }
}

function checkLabel(key: string, value: string): void {
  const [problem] = isLabelValue(value)
  if (problem !== undefined) throw new CommandError(`invalid label value: ${JSON.stringify(`${key}=${value}`)}: ${problem}`)
}
