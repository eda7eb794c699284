/** The order of fields in upstream's Go type ObjectMeta, in which its JSON comes where a typed object is printed. */
import type { AnyObject } from '../resources/unstructured.ts'

const order: readonly string[] = [
  'name generateName namespace selfLink uid resourceVersion generation creationTimestamp',
  'deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields',
].flatMap((line) => line.split(' '))

/** A copy with its metadata in order, `kind` and `apiVersion` first. */
export function inTypedOrder(object: AnyObject): AnyObject {
  const { kind, apiVersion, metadata, ...rest } = object
  // A kubeconfig has none.
  if (metadata === undefined) return object
  const sorted = Object.entries(metadata).toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  return { kind, apiVersion, metadata: Object.fromEntries(sorted), ...rest }
}
