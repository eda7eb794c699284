/**
 * Whoever makes an object depend on another one decides when it is deleted: that needs the right to delete the object; and
 * whoever holds up the deletion of the owner needs the right to set the owner's finalizers.
 */
import type { KubeObject } from '#meta/object'
import type { OwnerReference } from '#meta/types.gen'
import type { Authorizer } from '../authz/authorizer.ts'
import type { KindTable } from '../exchange.ts'
import { type Admission, type AdmissionPlugin, refusal } from './plugin.ts'

export function ownerReferencesPermission(authorizer: Authorizer, kinds: KindTable): AdmissionPlugin {
  return {
    name: 'OwnerReferencesPermissionEnforcement',
    operations: ['CREATE', 'UPDATE'],
    async validate(admission, _deps, signal) {
      const { object, old, operation } = admission
      if (isSame(ownersOf(object), ownersOf(old))) return
      if (operation !== 'CREATE') await refuseUnlessDeletable(admission, authorizer, signal)
      const blocking = newlyBlocking(object, old)
      if (blocking.length === 0 || (await maySetFinalizers(authorizer, admission, everything, signal)) === undefined) return
      for (const owner of blocking) await refuseUnlessOwnerIsOurs(owner, admission, { authorizer, kinds }, signal)
    },
  }
}

const everything = { group: '*', version: '*', resource: '*', name: '', namespace: '' }

function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? []
}

function isSame(one: readonly OwnerReference[], other: readonly OwnerReference[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function newlyBlocking(object: KubeObject, old: KubeObject | undefined): readonly OwnerReference[] {
  const wasBlocking = new Set(ownersOf(old).flatMap(({ uid, blockOwnerDeletion }) => (blockOwnerDeletion === true ? [uid] : [])))
  return ownersOf(object).filter(({ uid, blockOwnerDeletion }) => blockOwnerDeletion === true && !wasBlocking.has(uid))
}

async function refuseUnlessDeletable(admission: Admission, authorizer: Authorizer, signal: AbortSignal): Promise<void> {
  const { user, kind, subresource, namespace, name } = admission
  const resource = { group: kind.group, version: kind.version, resource: kind.plural, subresource, namespace, name }
  const { verdict, reason } = await authorizer.decide({ user, verb: 'delete', resource }, signal)
  // The second part is what upstream prints of the error that there is none.
  if (verdict !== 'allow') throw refusal(admission, `cannot set an ownerRef on a resource you can't delete: ${reason}, <nil>`)
}

async function refuseUnlessOwnerIsOurs(
  owner: OwnerReference,
  admission: Admission,
  { authorizer, kinds }: { readonly authorizer: Authorizer; readonly kinds: KindTable },
  signal: AbortSignal,
): Promise<void> {
  const { apiVersion, kind: kindName, name } = owner
  const kind = kinds.byKind(apiVersion, kindName)
  if (kind === undefined) {
    const why = `no matches for kind ${JSON.stringify(kindName)} in version ${JSON.stringify(apiVersion)}`
    throw refusal(
      admission,
      `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kindName}: ${why}`,
    )
  }
  const namespace = kind.scope === 'Namespaced' ? admission.namespace : ''
  const target = { group: kind.group, version: kind.version, resource: kind.plural, name, namespace }
  const refused = await maySetFinalizers(authorizer, admission, target, signal)
  if (refused === undefined) return
  throw refusal(
    admission,
    `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${refused}, <nil>`,
  )
}

type Target = {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly name: string
  readonly namespace: string
}

/** Undefined where it is allowed, otherwise the reason. */
async function maySetFinalizers(
  authorizer: Authorizer,
  { user }: Admission,
  target: Target,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { verdict, reason } = await authorizer.decide({ user, verb: 'update', resource: { ...target, subresource: 'finalizers' } }, signal)
  return verdict === 'allow' ? undefined : reason
}
