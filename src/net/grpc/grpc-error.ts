/** A failed call: the status code by name, and a message in the words that Go programs (and so events and logs) use. */

/** By number, as gRPC defines them. */
export const grpcCodes = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const

export type GrpcCode = (typeof grpcCodes)[number]

export class GrpcError extends Error {
  override readonly name = 'GrpcError'
  readonly code: GrpcCode
  /** What the server said. */
  readonly details: string
  /** It is certain that no server has acted on the call: it may be made again. */
  readonly isUnsent: boolean

  constructor(code: GrpcCode, details: string, { cause, isUnsent = false }: GrpcErrorDetail = {}) {
    super(`rpc error: code = ${code} desc = ${details}`, { cause })
    this.code = code
    this.details = details
    this.isUnsent = isUnsent
  }
}

/** Cause of a failed call and how far it got. */
interface GrpcErrorDetail {
  readonly cause?: unknown
  readonly isUnsent?: boolean
}

export function isGrpcError(error: unknown, ...codes: readonly GrpcCode[]): error is GrpcError {
  return error instanceof GrpcError && (codes.length === 0 || codes.includes(error.code))
}
