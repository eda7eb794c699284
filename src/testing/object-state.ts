/** Objects in memory, as the parts of the API server that only read see them: a StateReader and a ChangeFeed. */
import type { Change, ChangeFeed } from '#apiserver/authz/change-feed'
import type { StateReader } from '#apiserver/exchange'
import type { Kind } from '#meta/kind'
import { deepFreeze, type KubeObject, keyOf, refOf } from '#meta/object'

type Listener = { readonly kind: string; readonly handle: (change: Change<KubeObject>) => void }

export class ObjectState implements StateReader, ChangeFeed {
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners = new Set<Listener>()

  constructor(objects: readonly KubeObject[] = []) {
    for (const object of objects) this.put(object)
  }

  put(object: KubeObject): void {
    const key = keyIn(object.kind, keyOf(refOf(object)))
    const old = this.#objects.get(key)
    this.#objects.set(key, deepFreeze(object))
    this.#tell(object.kind, { old, next: object })
  }

  remove(object: KubeObject): void {
    const key = keyIn(object.kind, keyOf(refOf(object)))
    const old = this.#objects.get(key)
    this.#objects.delete(key)
    this.#tell(object.kind, { old })
  }

  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(keyIn(kind.kind, keyOf({ name, namespace }))) as T | undefined
  }

  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[] {
    const all = [...this.#objects.values()].filter((object) => object.kind === kind.kind)
    return all.filter((object) => namespace === undefined || object.metadata.namespace === namespace) as unknown as readonly T[]
  }

  follow<T extends KubeObject>(kind: Kind<T>, handle: (change: Change<T>) => void): Disposable {
    const listener = { kind: kind.kind, handle: (change: Change<KubeObject>) => handle(change as Change<T>) }
    this.#listeners.add(listener)
    for (const next of this.list(kind)) handle({ next })
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  #tell(kind: string, change: Change<KubeObject>): void {
    for (const listener of this.#listeners) if (listener.kind === kind) listener.handle(change)
  }
}

function keyIn(kind: string, key: string): string {
  return `${kind}/${key}`
}
