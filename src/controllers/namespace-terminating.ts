/** Tells the refusal of a namespace on its way out from other failures: it takes nothing new, and trying again would not help. */
import { StatusError } from '#meta/status'

export function isNamespaceTerminating(error: unknown): boolean {
  return error instanceof StatusError && (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')
}
