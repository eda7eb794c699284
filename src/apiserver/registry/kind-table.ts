/** All kinds that are served, found by where or how clients name them. */
import type { Kind } from '#meta/kind'
import type { KindTable } from '../exchange.ts'

export class StaticKindTable implements KindTable {
  readonly #kinds: readonly Kind[]
  readonly #byResource = new Map<string, Kind>()
  readonly #byKind = new Map<string, Kind>()

  /** Those that are not served are found by their names only. */
  constructor(kinds: readonly Kind[], unserved: readonly Kind[] = []) {
    this.#kinds = kinds
    for (const kind of kinds) this.#byResource.set(`${kind.apiVersion}/${kind.plural}`, kind)
    for (const kind of [...unserved, ...kinds]) this.#byKind.set(`${kind.apiVersion}/${kind.kind}`, kind)
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#byResource.get(group === '' ? `${version}/${plural}` : `${group}/${version}/${plural}`)
  }

  all(): readonly Kind[] {
    return this.#kinds
  }

  byKind(apiVersion: string, kind: string): Kind | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`)
  }
}
