/** What a namespace on its way out tells about what is left in it. Pure; texts as upstream's, for clients read them. */
import type { Namespace } from '#kinds/core/namespace.kind'
import type { NamespaceCondition } from '#kinds/core/types.gen'
import { withCondition } from '#meta/conditions'

/** What is left of one resource after deletion was asked for. */
export type Remaining = { readonly plural: string; readonly group: string; readonly count: number; readonly finalizers: readonly string[] }

export type Sweep = {
  readonly remaining: readonly Remaining[]
  readonly deletionErrors: readonly string[]
  readonly discoveryErrors: readonly string[]
}

export function isSwept({ remaining, deletionErrors, discoveryErrors }: Sweep): boolean {
  return remaining.length === 0 && deletionErrors.length === 0 && discoveryErrors.length === 0
}

type Told = { readonly type: string; readonly isTrue: boolean; readonly reason: string; readonly message: string }

export function deletionConditions(
  old: readonly NamespaceCondition[] | undefined,
  sweep: Sweep,
  now: string,
): readonly NamespaceCondition[] {
  const conditions = [discoveryOf(sweep), parsing, contentFailureOf(sweep), remainingOf(sweep), finalizersOf(sweep)]
  return conditions.reduce<readonly NamespaceCondition[]>((all, { type, isTrue, reason, message }) => {
    return withCondition(all, { type, status: isTrue ? 'True' : 'False', lastTransitionTime: now, reason, message })
  }, old ?? [])
}

const parsing: Told = {
  type: 'NamespaceDeletionGroupVersionParsingFailure',
  isTrue: false,
  reason: 'ParsedGroupVersions',
  message: 'All legacy kube types successfully parsed',
}

function discoveryOf({ discoveryErrors: errors }: Sweep): Told {
  const type = 'NamespaceDeletionDiscoveryFailure'
  if (errors.length === 0) return { type, isTrue: false, reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' }
  return {
    type,
    isTrue: true,
    reason: 'DiscoveryFailed',
    message: `Discovery failed for some groups, ${errors.length} failing: ${errors.join(', ')}`,
  }
}

function contentFailureOf({ deletionErrors: errors }: Sweep): Told {
  const type = 'NamespaceDeletionContentFailure'
  if (errors.length === 0)
    return { type, isTrue: false, reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization' }
  return {
    type,
    isTrue: true,
    reason: 'ContentDeletionFailed',
    message: `Failed to delete all resource types, ${errors.length} remaining: ${errors.join(', ')}`,
  }
}

function remainingOf({ remaining }: Sweep): Told {
  const type = 'NamespaceContentRemaining'
  if (remaining.length === 0) return { type, isTrue: false, reason: 'ContentRemoved', message: 'All content successfully removed' }
  const parts = remaining.map(({ plural, group, count }) => `${plural}.${group} has ${count} resource instances`).sort()
  return { type, isTrue: true, reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${parts.join(', ')}` }
}

function finalizersOf({ remaining }: Sweep): Told {
  const type = 'NamespaceFinalizersRemaining'
  const counts = new Map<string, number>()
  for (const finalizer of remaining.flatMap(({ finalizers }) => finalizers)) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1)
  if (counts.size === 0)
    return { type, isTrue: false, reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' }
  const parts = [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort()
  return {
    type,
    isTrue: true,
    reason: 'SomeFinalizersRemain',
    message: `Some content in the namespace has finalizers remaining: ${parts.join(', ')}`,
  }
}

/** What the namespace's own finalizer list is once its content is gone. */
export function withoutKubernetesFinalizer(namespace: Namespace): Namespace {
  return {
    ...namespace,
    spec: { ...namespace.spec, finalizers: (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes') },
  }
}
