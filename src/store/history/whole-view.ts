/** What watches of everything told: of a revision that one of them told of, nothing is missing. */
import type { CallHistory } from './call.ts'
import type { SeenEvent } from './history.ts'

export class WholeView {
  readonly #revisions = new Set<number>()
  readonly #changes = new Map<string, SeenEvent[]>()

  constructor({ watches }: CallHistory) {
    const batches = watches.filter(({ request }) => request.prefix === '').flatMap((watch) => watch.batches)
    for (const event of batches.flatMap(({ events }) => events)) {
      this.#revisions.add(event.revision)
      const changes = this.#changes.get(event.key)
      if (changes === undefined) this.#changes.set(event.key, [event])
      else changes.push(event)
    }
  }

  /** Whether all changes of the revision were told. */
  has(revision: number): boolean {
    return this.#revisions.has(revision)
  }

  /** Whether the key is known to have been there just before the revision. */
  wasThere(key: string, revision: number): boolean {
    let last: SeenEvent | undefined
    for (const change of this.#changes.get(key) ?? []) {
      if (change.revision < revision && change.revision >= (last?.revision ?? 0)) last = change
    }
    return last?.type === 'put'
  }
}
