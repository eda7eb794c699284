/** The shape that every API object shares, and how objects are named. */
import type { ObjectMeta } from './types.gen.ts'

export type KubeObject = { readonly apiVersion: string; readonly kind: string; readonly metadata: ObjectMeta }

/** Where an object is; `namespace` is absent for what is cluster-scoped. */
export type ObjectRef = { readonly name: string; readonly namespace?: string | undefined }

export function refOf(object: KubeObject): ObjectRef & { readonly uid: string } {
  const { name = '', namespace, uid = '' } = object.metadata
  return { name, namespace, uid }
}

/** `namespace/name`, or the bare name of what is cluster-scoped: the key of caches and queues. */
export function keyOf(ref: ObjectRef): string {
  return ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name
}

/** A copy whose metadata has `changes` on top. */
export function withMeta<T extends KubeObject>(object: T, changes: Partial<ObjectMeta>): T {
  return { ...object, metadata: { ...object.metadata, ...changes } }
}

export function isBeingDeleted(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

/** The owner that controls the object, if there is one. */
export function controllerOf(object: KubeObject): NonNullable<ObjectMeta['ownerReferences']>[number] | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

/** Freezes a value and all below it, so that caches can hand it to everyone. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
