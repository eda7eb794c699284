/** What one nft table shall hold, as plain values: chains with rules, sets and maps with elements. */

export type TableFamily = 'ip' | 'ip6'

export type ChainContent = {
  /** What makes it a base chain, such as `type nat hook output priority -100 ;`; undefined for one that others jump to. */
  readonly hook: string | undefined
  readonly rules: readonly string[]
}

export type SetContent = {
  readonly type: 'set' | 'map'
  /** Type, flags and timeout. Never changes for one name: nft cannot change it in place. */
  readonly declaration: string
  /** Keys, each with the verdict it leads to; '' in a set. Undefined where the packets themselves fill it. */
  readonly elements: ReadonlyMap<string, string> | undefined
}

export type TableContent = {
  readonly family: TableFamily
  readonly name: string
  readonly chains: ReadonlyMap<string, ChainContent>
  readonly sets: ReadonlyMap<string, SetContent>
}
