/** Why bytes are no object, or an object does not become bytes. */

/** What an envelope says that it holds. */
export type ObjectType = { readonly apiVersion: string; readonly kind: string }

export type ProtobufObjectFailure =
  /** The bytes do not begin as every Kubernetes protobuf value does. */
  | 'not-an-envelope'
  /** The envelope names a kind that has no schema or no message. */
  | 'unknown-kind'
  /** The envelope is one, but it or the message within is cut short or makes no sense. */
  | 'malformed'
  /** An object to be written has a value of a wrong type. */
  | 'misfit'

export class ProtobufObjectError extends Error {
  override readonly name = 'ProtobufObjectError'
  readonly failure: ProtobufObjectFailure
  /** What the envelope said it holds, if it could be read. */
  readonly type: ObjectType | undefined

  constructor(failure: ProtobufObjectFailure, message: string, details: { readonly type?: ObjectType; readonly cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.failure = failure
    this.type = details.type
  }
}
