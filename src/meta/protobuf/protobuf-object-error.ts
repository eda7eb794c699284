/** Why bytes are no object, or an object does not become bytes. */

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

  constructor(failure: ProtobufObjectFailure, message: string, cause?: unknown) {
    super(message, { cause })
    this.failure = failure
  }
}
