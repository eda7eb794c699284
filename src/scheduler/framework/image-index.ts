/** Which nodes have which container images, and how large those are. */
import type { Node } from '#kinds/core/types.gen'

export type ImageState = { readonly sizeBytes: number; readonly nodeCount: number }

export class ImageIndex {
  readonly #byName = new Map<string, { sizeBytes: number; readonly slots: Set<number> }>()
  readonly #names = new Map<number, ReadonlySet<string>>()

  /** Takes over a node's list of images. */
  put(slot: number, node: Node): void {
    this.remove(slot)
    const names = new Set<string>()
    for (const { names: aliases = [], sizeBytes = 0 } of node.status?.images ?? []) {
      for (const name of aliases) {
        names.add(name)
        const image = this.#byName.get(name)
        if (image === undefined) this.#byName.set(name, { sizeBytes, slots: new Set([slot]) })
        else image.slots.add(slot)
      }
    }
    this.#names.set(slot, names)
  }

  remove(slot: number): void {
    for (const name of this.#names.get(slot) ?? []) {
      const image = this.#byName.get(name)
      image?.slots.delete(slot)
      if (image?.slots.size === 0) this.#byName.delete(name)
    }
    this.#names.delete(slot)
  }

  /** The image as this node has it; undefined where it does not. */
  stateOn(slot: number, name: string): ImageState | undefined {
    const image = this.#byName.get(name)
    if (image === undefined || !image.slots.has(slot)) return undefined
    return { sizeBytes: image.sizeBytes, nodeCount: image.slots.size }
  }
}
