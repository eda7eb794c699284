/** What a user is told of a failure that they can mend: what it is about, and the next step. Everything else is a bug and keeps its stack. */
import { ConnectionError } from '#client/transport'
import { FlagError } from '#component/flags'
import { StatusError } from '#meta/status'
import { GrpcError } from '#net/grpc/grpc-error'
import { StoreError } from '#store/store-error'
import { LocalError } from './settings.ts'

/** Undefined for a bug. */
export function failureMessage(error: unknown): string | undefined {
  if (error instanceof LocalError || error instanceof FlagError || error instanceof StoreError) return error.message
  if (error instanceof ConnectionError || error instanceof StatusError) return error.message
  if (error instanceof GrpcError && error.details.includes('no space left on device'))
    return `containerd cannot write: ${error.details}: make room, then run the command again`
  return error instanceof Error && 'code' in error ? systemMessage(error) : undefined
}

type SystemError = Error & { readonly code?: unknown; readonly path?: unknown; readonly port?: unknown }

function systemMessage({ code, path, port, message }: SystemError): string | undefined {
  const where = typeof path === 'string' ? path : message
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `there is no room on the disk (${where}): make some, then run the command again`
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return `${where} may not be written: choose another directory, or run the command as a user who may`
    case 'ENOENT':
      return `there is no ${where}: see that its name is right`
    case 'ENOTDIR':
    case 'EISDIR':
      return `${where} is in the way: move it, or choose another directory`
    case 'EADDRINUSE':
      return `port ${port} is in use by another program: end it ("ss -ltnp sport = :${port}" shows it), then run "navarch up" again`
    default:
      return undefined
  }
}
