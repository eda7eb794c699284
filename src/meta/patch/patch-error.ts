/** A patch that cannot be applied; `sort` tells the server which status to answer. */
export type PatchFault =
  /** 400: the patch itself is malformed. */
  | 'malformed'
  /** 422: the patch does not fit the object. */
  | 'unprocessable'
  /** 413: more operations than the server takes. */
  | 'too-large'
  /** 500, as upstream: a strategic merge patch that contradicts itself. */
  | 'contradictory'

export class PatchError extends Error {
  override readonly name = 'PatchError'
  readonly fault: PatchFault

  constructor(fault: PatchFault, message: string, cause?: unknown) {
    super(message, { cause })
    this.fault = fault
  }
}
