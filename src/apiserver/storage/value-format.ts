/**
 * How objects are written to a store. Inside, an object is JSON; JSON is also what embedded stores hold, so that a start costs no work
 * per object. On etcd it stands as upstream writes it. What is read tells by its first bytes which of both it is, so either may lie in any store.
 */
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'

export interface ValueFormat {
  /** The bytes to store of an object of a stored kind; `json` is the same object as `encodeObject` writes it. */
  toStored(kind: Kind, object: KubeObject, json: Uint8Array): Uint8Array
  /** The object as `encodeObject` writes it, whatever it is stored as. Throws an error that says what is wrong with the bytes. */
  toJson(value: Uint8Array): Uint8Array
}

/** For stores of our own. */
export const jsonFormat: ValueFormat = {
  toStored: (_kind, _object, json) => json,
  toJson: (value) => {
    throw new Error(`the value is neither JSON nor Kubernetes protobuf: it begins with 0x${value.subarray(0, 4).toHex()}`)
  },
}

/** Whether a stored value needs no conversion. */
export function isJson(value: Uint8Array): boolean {
  return value[0] === openingBrace
}

const openingBrace = 0x7b
