/** The two halves of an object with a status: a client writes one of them at a time. */
import type { KubeObject } from '#meta/object'

type WithStatus = KubeObject & { readonly status?: unknown }
type WithSpecAndStatus = WithStatus & { readonly spec?: unknown }

/** A new object has no status of the client's making. */
export function withoutStatus<T extends WithStatus>(object: T): T {
  return { ...object, status: {} }
}

/** An update of the object leaves the status as it is. */
export function keepStatus<T extends WithStatus>(next: T, old: T): T {
  return { ...next, status: old.status }
}

/** An update of the status leaves the spec as it is. */
export function keepSpec<T extends WithSpecAndStatus>(next: T, old: T): T {
  return { ...next, spec: old.spec }
}

/** As `keepSpec`, for kinds whose labels too belong to the object alone. */
export function keepSpecAndLabels<T extends WithSpecAndStatus>(next: T, old: T): T {
  return { ...next, spec: old.spec, metadata: { ...next.metadata, labels: old.metadata.labels } }
}

/** As `keepSpec`, for kinds of whose metadata a status write reaches nothing that means something. */
export function keepSpecAndMeta<T extends WithSpecAndStatus>(next: T, old: T): T {
  const { labels, annotations, finalizers, ownerReferences } = old.metadata
  return { ...next, spec: old.spec, metadata: { ...next.metadata, labels, annotations, finalizers, ownerReferences } }
}
