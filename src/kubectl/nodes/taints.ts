/** Taints on the command line and on a node: `key=value:effect` adds, `key:effect-` and `key-` take away. Pure. */
import { CommandError, UsageError } from '../errors.ts'

export type Taint = { readonly key: string; readonly value?: string; readonly effect: string }
export type TaintChanges = { readonly added: readonly Taint[]; readonly removed: readonly Taint[] }

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function isTaintWord(word: string): boolean {
  return word.includes('=') || word.includes(':') || word.endsWith('-')
}

export function parseTaints(words: readonly string[]): TaintChanges {
  const removed = words.filter((word) => word.endsWith('-')).map((word) => parseTaint(word.slice(0, -1), false))
  const added = words.filter((word) => !word.endsWith('-')).map((word) => parseTaint(word, true))
  const both = added.filter((one) => removed.some(({ key, effect }) => key === one.key && (effect === '' || effect === one.effect)))
  if (both.length > 0)
    throw new CommandError(
      `can not both modify and remove the following taint(s) in the same command: ${both.map(({ key, effect }) => `${key}=${effect}`).join(', ')}`,
    )
  return { added, removed }
}

function parseTaint(text: string, needsEffect: boolean): Taint {
  const [, key = '', value, effect = ''] = /^([^=:]*)(?:=([^:]*))?(?::(.*))?$/s.exec(text) ?? []
  if (key === '' || (needsEffect && effect === '')) throw new UsageError(`invalid taint spec: ${text}`)
  if (effect !== '' && !effects.includes(effect)) throw new UsageError(`invalid taint effect: ${effect}, unsupported taint effect`)
  return { key, ...(value === undefined || value === '' ? {} : { value }), effect }
}

export type TaintedNode = { readonly operation: 'tainted' | 'untainted' | 'modified'; readonly taints: readonly Taint[] }

/** New taints come first. Throws a CommandError where a taint is there already, or one that should go is not. */
export function changedTaints(name: string, before: readonly Taint[], { added, removed }: TaintChanges, overwrites: boolean): TaintedNode {
  const isSame = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect
  const present = added.filter((taint) => before.some((one) => isSame(one, taint)))
  if (present.length > 0 && !overwrites)
    throw new CommandError(
      `node ${name} already has ${present.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    )
  const kept = before.filter((taint) => !added.some((one) => isSame(one, taint)))
  const all = [...added, ...kept]
  const missing = removed.find(({ key, effect }) => !all.some((taint) => taint.key === key && (effect === '' || taint.effect === effect)))
  if (missing !== undefined) throw new CommandError(`taint ${JSON.stringify(taintText(missing))} not found`)
  const taints = all.filter((taint) => !removed.some(({ key, effect }) => taint.key === key && (effect === '' || taint.effect === effect)))
  const hasGrown = all.length !== before.length
  if ((hasGrown && removed.length > 0) || overwrites) return { operation: 'modified', taints }
  return { operation: hasGrown ? 'tainted' : 'untainted', taints }
}

function taintText({ key, value = '', effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`
}
