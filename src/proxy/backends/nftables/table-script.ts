/** From what a table holds to what it shall hold, as the text of one nft transaction. Pure. */
import type { ChainContent, SetContent, TableContent } from './table-content.ts'

/** Replaces the table, whatever is there. */
export function wholeTable(table: TableContent): string {
  const at = `${table.family} ${table.name}`
  const empty: TableContent = { ...table, chains: new Map(), sets: new Map() }
  // Deleting what does not exist fails, adding what exists does not.
  return lines([`add table ${at}`, `delete table ${at}`, `add table ${at}`]) + tableDifference(empty, table)
}

/** '' where nothing differs. Order matters to nft: what is named must exist, and what is deleted must not be named any longer. */
export function tableDifference(before: TableContent, after: TableContent): string {
  const at = `${after.family} ${after.name}`
  const goneChains = keysOnlyIn(before.chains, after.chains)
  const goneSets = keysOnlyIn(before.sets, after.sets)
  const changedChains = [...after.chains].filter(([name, chain]) => !sameChain(before.chains.get(name), chain))
  return lines([
    ...[...after.sets]
      .filter(([name]) => !before.sets.has(name))
      .map(([name, set]) => `add ${set.type} ${at} ${name} { ${set.declaration} }`),
    ...changedChains.flatMap(([name, chain]) => emptyChain(at, name, chain, before.chains.has(name))),
    ...changedChains.flatMap(([name, chain]) => chain.rules.map((rule) => `add rule ${at} ${name} ${rule}`)),
    ...[...after.sets].flatMap(([name, set]) => elementChanges(at, name, before.sets.get(name), set)),
    ...goneChains.map((name) => `flush chain ${at} ${name}`),
    ...goneChains.map((name) => `delete chain ${at} ${name}`),
    ...goneSets.map((name) => `delete ${before.sets.get(name)?.type ?? 'set'} ${at} ${name}`),
  ])
}

function emptyChain(at: string, name: string, { hook }: ChainContent, exists: boolean): readonly string[] {
  if (exists) return [`flush chain ${at} ${name}`]
  return [hook === undefined ? `add chain ${at} ${name}` : `add chain ${at} ${name} { ${hook} }`]
}

function sameChain(before: ChainContent | undefined, after: ChainContent): boolean {
  return (
    before !== undefined && before.rules.length === after.rules.length && before.rules.every((rule, index) => rule === after.rules[index])
  )
}

function elementChanges(at: string, name: string, before: SetContent | undefined, after: SetContent): readonly string[] {
  const [old, now] = [before?.elements ?? new Map<string, string>(), after.elements ?? new Map<string, string>()]
  const removed = [...old].filter(([key, verdict]) => now.get(key) !== verdict)
  const added = [...now].filter(([key, verdict]) => old.get(key) !== verdict)
  return [
    ...(removed.length === 0 ? [] : [`delete element ${at} ${name} { ${removed.map(([key]) => key).join(', ')} }`]),
    ...(added.length === 0
      ? []
      : [`add element ${at} ${name} { ${added.map(([key, verdict]) => (verdict === '' ? key : `${key} : ${verdict}`)).join(', ')} }`]),
  ]
}

function keysOnlyIn<V>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): readonly string[] {
  return [...before.keys()].filter((key) => !after.has(key))
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
