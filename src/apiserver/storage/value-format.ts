/**
 * How objects are written to a store. Inside, an object is JSON; JSON is also what embedded stores hold, so that a start costs no work
 * per object. On etcd it stands as upstream writes it: Kubernetes protobuf, and JSON for kinds that have no message. What is read tells
 * by its first bytes which of both it is, so either may lie in any store.
 */
import { defaulted } from '#meta/defaulted'
import type { Kind } from '#meta/kind'
import { type KubeObject, withMeta } from '#meta/object'
import { isProtobufObject } from '#meta/protobuf/envelope'
import type { ObjectCodec } from '#meta/protobuf/object-codec'
import { ProtobufObjectError } from '#meta/protobuf/protobuf-object-error'
import { wireForm, withoutNulls } from '#meta/schema/encode'
import { decodeObject, encodeObject } from '#meta/wire'

export interface ValueFormat {
  /** The bytes to store of an object of a stored kind; `json` is the same object as `storedJson` writes it. */
  toStored(kind: Kind, object: KubeObject, json: Uint8Array): Uint8Array
  /** The object as `storedJson` writes it, whatever it is stored as. Throws an error that says what is wrong with the bytes. */
  readonly toJson: (value: Uint8Array) => Uint8Array
  /** A stored value, whatever it is stored as, as this format stores it. What belongs to no known kind stays as it is. */
  translate(value: Uint8Array): Uint8Array
}

/** What values are written as. */
export type StorageMediaType = 'application/json' | 'application/vnd.kubernetes.protobuf'

export type ValueFormatDeps = {
  readonly codec: ObjectCodec
  /** Any kind that objects may be stored as. */
  readonly kindOf: (apiVersion: string, kind: string) => Kind | undefined
}

export function valueFormat({ codec, kindOf }: ValueFormatDeps, mediaType: StorageMediaType): ValueFormat {
  function toStored(kind: Kind, object: KubeObject, json: Uint8Array): Uint8Array {
    if (mediaType === 'application/json' || !codec.has(kind.schema)) return json
    return codec.encode(kind.schema, withMeta(object, { resourceVersion: undefined }))
  }

  function toJson(value: Uint8Array): Uint8Array {
    if (isJson(value)) return value
    const object = codec.decode(value, (apiVersion, kind) => kindOf(apiVersion, kind)?.schema)
    const kind = kindOf(object.apiVersion, object.kind)
    if (kind === undefined) return encodeObject(object)
    // Another server may have stored another version, and what it would fill in at reading as this one does.
    return storedJson(storedKindOf(kind), storedForm(kind, defaulted(kind, object)))
  }

  function translate(value: Uint8Array): Uint8Array {
    if (!isJson(value) && !isProtobufObject(value)) return value
    const json = knownJson(value)
    if (json === undefined) return value
    const object = withoutNulls(decodeObject(json)) as KubeObject
    const kind = kindOf(object.apiVersion, object.kind)
    return kind === undefined ? value : toStored(storedKindOf(kind), storedForm(kind, object), json)
  }

  /** Undefined for what is of no known kind, such as upstream's record of taken ports. */
  function knownJson(value: Uint8Array): Uint8Array | undefined {
    try {
      return toJson(value)
    } catch (error) {
      if (error instanceof ProtobufObjectError && error.failure === 'unknown-kind') return undefined
      throw error
    }
  }

  return { toStored, toJson, translate }
}

/** Whether a stored value needs no conversion. */
export function isJson(value: Uint8Array): boolean {
  return value[0] === openingBrace
}

const openingBrace = 0x7b

/** The kind whose version is stored. */
export function storedKindOf(kind: Kind): Kind {
  return kind.storedAs?.kind ?? kind
}

/** The object in the version that is stored. */
export function storedForm(kind: Kind, object: KubeObject): KubeObject {
  return kind.storedAs === undefined ? object : kind.storedAs.toStored(object)
}

/** The stored form of an object as the caches hold it. */
export function storedJson(storedKind: Kind, stored: KubeObject): Uint8Array {
  return encodeObject(wireForm(storedKind.schema, stored) as KubeObject)
}
