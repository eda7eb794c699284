/** Empties a namespace that is being deleted, pods first, and then lets it go. */
import { nowRfc3339 } from '#base/env/clock'
import { discover, kindOfResource } from '#client/discovery'
import { Namespace } from '#kinds/core/namespace.kind'
import { isSameValue } from '#kinds/same-value'
import type { Kind } from '#meta/kind'
import { isBeingDeleted, type KubeObject } from '#meta/object'
import { hasReason } from '#meta/status'
import { type Controller, type ControllerDeps, done, type Result } from '#reconcile/controller'
import { deletionConditions, isSwept, type Remaining, type Sweep, withoutKubernetesFinalizer } from './plan.ts'

export const namespaceController: Controller<Namespace> = {
  name: 'namespace-controller',
  for: Namespace,
  workerCount: 10,
  reconcile: emptyNamespace,
}

async function emptyNamespace(deps: ControllerDeps, namespace: Namespace, signal: AbortSignal): Promise<Result> {
  const { client, clock } = deps
  if (!isBeingDeleted(namespace) || !(namespace.spec?.finalizers ?? []).includes('kubernetes')) return done
  const name = namespace.metadata.name ?? ''
  const { sweep, graceSeconds } = await sweepNamespace(deps, name, signal)
  const conditions = deletionConditions(namespace.status?.conditions, sweep, nowRfc3339(clock))
  const told = { ...namespace, status: { ...namespace.status, phase: 'Terminating', conditions } }
  const current = isSameValue(told.status, namespace.status) ? namespace : await client.updateStatus(Namespace, told, signal)
  if (!isSwept(sweep)) return { afterMs: (Math.floor(graceSeconds / 2) + 1) * 1000 }
  try {
    await client.update(Namespace, withoutKubernetesFinalizer(current), { subresource: 'finalize' }, signal)
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error
  }
  return done
}

type Swept = { readonly sweep: Sweep; readonly graceSeconds: number }

async function sweepNamespace(deps: ControllerDeps, namespace: string, signal: AbortSignal): Promise<Swept> {
  const { resources, staleGroups } = await discover(deps.client.transport, signal)
  const kinds = resources.filter(({ isNamespaced, verbs }) => isNamespaced && verbs.includes('list') && verbs.includes('delete'))
  const isPods = ({ group, plural }: { readonly group: string; readonly plural: string }) => group === '' && plural === 'pods'
  const discoveryErrors = staleGroups.map((group) => `unable to retrieve the complete list of server APIs: ${group}`)
  const pods = await sweepKinds(deps, namespace, kinds.filter(isPods).map(kindOfResource), signal)
  // What pods use stays until the last of them is gone, so that none of them fails on its way out.
  if (pods.remaining.length > 0 || pods.deletionErrors.length > 0)
    return { sweep: { ...pods, discoveryErrors }, graceSeconds: pods.graceSeconds }
  const rest = await sweepKinds(deps, namespace, kinds.filter((kind) => !isPods(kind)).map(kindOfResource), signal)
  return { sweep: { ...rest, discoveryErrors }, graceSeconds: rest.graceSeconds }
}

type SweptKinds = Omit<Sweep, 'discoveryErrors'> & { readonly graceSeconds: number }

async function sweepKinds(deps: ControllerDeps, namespace: string, kinds: readonly Kind[], signal: AbortSignal): Promise<SweptKinds> {
  const results = await Promise.allSettled(kinds.map((kind) => sweepKind(deps, namespace, kind, signal)))
  const left = results.flatMap((result) => (result.status === 'fulfilled' && result.value !== undefined ? [result.value] : []))
  const deletionErrors = results.flatMap((result) =>
    result.status === 'rejected' ? [String(result.reason instanceof Error ? result.reason.message : result.reason)] : [],
  )
  return { remaining: left, deletionErrors, graceSeconds: Math.max(0, ...left.map(({ graceSeconds }) => graceSeconds)) }
}

/** Undefined where nothing is left. */
async function sweepKind(
  { client }: ControllerDeps,
  namespace: string,
  kind: Kind,
  signal: AbortSignal,
): Promise<(Remaining & { readonly graceSeconds: number }) | undefined> {
  const before = await listOrNothing(client.list(kind, { namespace }, signal))
  if (before.length === 0) return undefined
  try {
    await client.deleteCollection(kind, { namespace }, { propagationPolicy: 'Background' }, signal)
  } catch (error) {
    if (!hasReason(error, 'MethodNotAllowed', 'NotFound')) throw error
    for (const { metadata } of before)
      await client.delete(kind, { namespace, name: metadata.name ?? '' }, {}, signal).catch(rethrowUnlessGone)
  }
  const after = await listOrNothing(client.list(kind, { namespace }, signal))
  if (after.length === 0) return undefined
  const graceSeconds = Math.max(0, ...after.map(({ metadata }) => metadata.deletionGracePeriodSeconds ?? 0))
  return {
    plural: kind.plural,
    group: kind.group,
    count: after.length,
    finalizers: after.flatMap(({ metadata }) => metadata.finalizers ?? []),
    graceSeconds,
  }
}

/** A resource that is no longer served holds nothing. */
async function listOrNothing(pending: Promise<{ readonly items: readonly KubeObject[] }>): Promise<readonly KubeObject[]> {
  try {
    return (await pending).items
  } catch (error) {
    rethrowUnlessGone(error)
    return []
  }
}

function rethrowUnlessGone(error: unknown): void {
  if (!hasReason(error, 'NotFound', 'MethodNotAllowed')) throw error
}
