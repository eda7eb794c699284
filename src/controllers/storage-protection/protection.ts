/** Storage that is in use outlives its deletion: a finalizer stays on it until nobody needs it any more. */
import type { Kind } from '#meta/kind'
import { isBeingDeleted, type KubeObject, withMeta } from '#meta/object'
import type { ControllerDeps } from '#reconcile/controller'

export async function protect<T extends KubeObject>(
  { client }: ControllerDeps,
  { kind, finalizer, isUsed }: { readonly kind: Kind<T>; readonly finalizer: string; readonly isUsed: () => boolean | Promise<boolean> },
  object: T,
  signal: AbortSignal,
): Promise<void> {
  const finalizers = object.metadata.finalizers ?? []
  const isHeld = finalizers.includes(finalizer)
  if (isBeingDeleted(object) !== isHeld) return
  if (!isHeld) await client.update(kind, withMeta(object, { finalizers: [...finalizers, finalizer] }), {}, signal)
  else if (!(await isUsed()))
    await client.update(kind, withMeta(object, { finalizers: finalizers.filter((one) => one !== finalizer) }), {}, signal)
}
