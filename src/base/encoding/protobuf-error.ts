/** The bytes or the value do not fit the schema. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}
