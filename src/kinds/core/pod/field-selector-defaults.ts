/** References to fields of the pod itself name version v1 unless told otherwise. */
import type { ObjectFieldSelector } from '../types.gen.ts'

export function defaultFieldSelector<T extends { readonly fieldRef?: ObjectFieldSelector }>(reference: T): T {
  return reference.fieldRef === undefined ? reference : { ...reference, fieldRef: { apiVersion: 'v1', ...reference.fieldRef } }
}
