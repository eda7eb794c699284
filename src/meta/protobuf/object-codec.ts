/**
 * Kubernetes objects in the protobuf encoding, as upstream writes them to etcd and on the wire. Objects are typed ones: what
 * `meta/schema/decode.ts` makes of JSON. Equal objects give equal bytes, and those are upstream's.
 */
import { ProtobufError } from '#base/encoding/protobuf-error'
import { ProtobufReader } from '#base/encoding/protobuf-reader'
import { ProtobufWriter } from '#base/encoding/protobuf-writer'
import type { KubeObject } from '../object.ts'
import { isJsonObject } from '../schema/go-type.ts'
import { type Schema, shortNameOf } from '../schema/schema.ts'
import { createStructReaders } from './decode.ts'
import { createStructWriters } from './encode.ts'
import { envelopeOf, openEnvelope } from './envelope.ts'
import { type ObjectType, ProtobufObjectError } from './protobuf-object-error.ts'
import { createPlanner } from './struct-plan.ts'

/** Its functions throw ProtobufObjectError. */
export interface ObjectCodec {
  /** Whether objects of the schema can be written. */
  has(schema: Schema): boolean
  /** The envelope with the object in it; apiVersion and kind are those of the schema. */
  encode(schema: Schema, object: object): Uint8Array<ArrayBuffer>
  /** The object as it stands in an envelope or in a list. */
  encodeMessage(schema: Schema, object: object): Uint8Array<ArrayBuffer>
  /** The object of an envelope. `schemaOf` says what a kind looks like; undefined for an unknown one. */
  decode(bytes: Uint8Array, schemaOf: (apiVersion: string, kind: string) => Schema | undefined): KubeObject
}

export type ObjectCodecOptions = {
  /** The fields of every message by its short name (`core.v1.Pod`), as `base/encoding/protobuf-layout.ts` reads them. */
  readonly messages: Readonly<Record<string, string>>
}

export function createObjectCodec({ messages }: ObjectCodecOptions): ObjectCodec {
  const { has, planOf } = createPlanner(messages)
  const writerOf = createStructWriters()
  const readerOf = createStructReaders()
  const writer = new ProtobufWriter()

  /** Valid until the next call. */
  function written(schema: Schema, object: object): Uint8Array {
    const fields = writerOf(planOf(schema))
    return naming(shortNameOf(schema), 'misfit', undefined, () => {
      if (!isJsonObject(object)) throw new ProtobufError('not an object')
      writer.clear()
      fields(writer, object)
      return writer.finish()
    })
  }

  return {
    has,
    encode: (schema, object) => envelopeOf({ apiVersion: schema.apiVersion ?? '', kind: shortNameOf(schema) }, written(schema, object)),
    encodeMessage: (schema, object) => written(schema, object).slice(),
    decode(bytes, schemaOf) {
      const { message, ...type } = naming('the envelope', 'malformed', undefined, () => openEnvelope(bytes))
      const { apiVersion, kind } = type
      const schema = schemaOf(apiVersion, kind)
      if (schema === undefined) throw unknownKind(type)
      const read = readerOf(planOf(schema))
      const fields = naming(`${apiVersion} ${kind}`, 'malformed', type, () => read(new ProtobufReader(message), 0))
      return { kind, apiVersion, ...fields } as unknown as KubeObject
    },
  }
}

function unknownKind(type: ObjectType): ProtobufObjectError {
  const [kind, version] = [JSON.stringify(type.kind), JSON.stringify(type.apiVersion)]
  return new ProtobufObjectError('unknown-kind', `no kind ${kind} is registered for version ${version}`, { type })
}

/** Says of what the bytes or values were. */
function naming<T>(subject: string, failure: 'malformed' | 'misfit', type: ObjectType | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof ProtobufError) {
      throw new ProtobufObjectError(failure, `${subject}: ${error.message}`, { ...(type === undefined ? {} : { type }), cause: error })
    }
    throw error
  }
}
