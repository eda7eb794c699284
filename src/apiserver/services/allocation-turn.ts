/** What one write of one service takes from the supplies: it holds that until it is disposed. */
import { Service } from '#kinds/core/service.kind'
import { type FieldPath, invalid } from '#meta/field-path'
import { invalidObject, type StatusError } from '#meta/status'
import type { AddressBook } from './address-book.ts'
import type { NumberPool } from './number-pool.ts'
import type { ServiceRanges } from './service-ranges.ts'

/** Both ends are included. */
export type PortSupply = { readonly from: number; readonly to: number; readonly pool: NumberPool }
export type AddressSupply = { readonly ranges: ServiceRanges; readonly book: AddressBook }

export type ServiceSpec = NonNullable<Service['spec']>

export type TurnFacts = { readonly service: Service; readonly isDryRun: boolean }

export class AllocationTurn implements Disposable {
  readonly service: Service
  readonly isDryRun: boolean
  readonly #claims = new DisposableStack()
  readonly #addresses: string[] = []
  readonly #ports: number[] = []

  constructor({ service, isDryRun }: TurnFacts) {
    this.service = service
    this.isDryRun = isDryRun
  }

  /** Taken in this turn, in canonical form. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** Taken in this turn, as offsets in their range. */
  get ports(): readonly number[] {
    return this.#ports
  }

  keepAddress(book: AddressBook, address: string): void {
    this.#addresses.push(address)
    this.#claims.defer(() => book.unclaim(address))
  }

  keepPort(pool: NumberPool, offset: number): void {
    this.#ports.push(offset)
    this.#claims.defer(() => pool.unclaim(offset))
  }

  refusal(path: FieldPath, value: unknown, detail: string): StatusError {
    return invalidObject(Service, this.service.metadata.name ?? '', [invalid(path, value, detail)])
  }

  [Symbol.dispose](): void {
    this.#claims.dispose()
  }
}
