/**
 * Which addresses are taken: by an IPAddress object, by a service whose object is missing (a repair is due then), or by a write that is under way.
 * Addresses are in their canonical form.
 */
import type { IPAddress } from '#kinds/networking/ip-address.kind'

export class AddressBook {
  readonly #objects = new Map<string, IPAddress>()
  readonly #users = new Map<string, number>()
  readonly #claims = new Set<string>()

  record(object: IPAddress): void {
    this.#objects.set(object.metadata.name ?? '', object)
  }

  strike({ metadata: { name = '' } }: IPAddress): void {
    this.#objects.delete(name)
  }

  /** The object that says whose the address is. */
  entry(address: string): IPAddress | undefined {
    return this.#objects.get(address)
  }

  /** A service has the address; may be called for several. */
  use(address: string): void {
    this.#users.set(address, (this.#users.get(address) ?? 0) + 1)
  }

  disuse(address: string): void {
    const left = (this.#users.get(address) ?? 0) - 1
    if (left > 0) this.#users.set(address, left)
    else this.#users.delete(address)
  }

  /** False when somebody has it. */
  claim(address: string): boolean {
    if (this.#objects.has(address) || this.#users.has(address) || this.#claims.has(address)) return false
    this.#claims.add(address)
    return true
  }

  unclaim(address: string): void {
    this.#claims.delete(address)
  }
}
