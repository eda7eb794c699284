/** What the store's process writes into the trace before it answers: the promise that it is about to make. */
import type { Acknowledged } from './witness.ts'

/** One answer. */
export type Acknowledgement =
  | { readonly revision: number }
  | { readonly compactRevision: number }
  | { readonly grantedLease: string }
  /** Before the lease is revoked: from now on it may be gone. */
  | { readonly revokingLease: string }
  | { readonly revokedLease: string }

/** Adds up marks in the order of the trace. */
export class AcknowledgementLog {
  #revision = 0
  #compactRevision = 0
  readonly #leases = new Set<string>()
  readonly #revoked = new Set<string>()
  readonly #granted = new Set<string>()

  take(mark: string): void {
    const acknowledgement: Acknowledgement = JSON.parse(mark)
    if ('revision' in acknowledgement) this.#revision = Math.max(this.#revision, acknowledgement.revision)
    else if ('compactRevision' in acknowledgement) this.#compactRevision = Math.max(this.#compactRevision, acknowledgement.compactRevision)
    else if ('grantedLease' in acknowledgement) {
      this.#leases.add(acknowledgement.grantedLease)
      this.#granted.add(acknowledgement.grantedLease)
    } else if ('revokingLease' in acknowledgement) this.#leases.delete(acknowledgement.revokingLease)
    else this.#revoked.add(acknowledgement.revokedLease)
  }

  /** What has been acknowledged so far. */
  current(): Acknowledged {
    return {
      revision: this.#revision,
      compactRevision: this.#compactRevision,
      leases: new Set(this.#leases),
      revokedLeases: new Set(this.#revoked),
      grantedLeases: new Set(this.#granted),
    }
  }
}
