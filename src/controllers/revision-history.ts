/**
 * The templates that a StatefulSet or DaemonSet has had, kept as ControllerRevisions: each numbered, the newest number being the
 * one that is rolled out. A template that comes back (a rollback) gets a new number and keeps its name.
 */
import { claim } from '#domain/ownership'
import { podTemplateHash, sortedByKey } from '#domain/pod-template'
import { ControllerRevision } from '#kinds/apps/controller-revision.kind'
import type { PodTemplateSpec } from '#kinds/core/types.gen'
import { isSameValue } from '#kinds/same-value'
import type { Selector } from '#meta/labels'
import { controllerOf, refOf } from '#meta/object'
import { hasReason, ignoreNotFound } from '#meta/status'
import type { ControllerDeps } from '#reconcile/controller'
import { type Owner, settleClaims } from './claims.ts'

/** The label of pods that says of which revision they are. */
export const podRevisionLabel = 'controller-revision-hash'

export type RevisionOwner = Owner & {
  readonly template: PodTemplateSpec
  readonly selector: Selector
  readonly collisionCount: number | undefined
  /** The label of a revision that holds its hash. */
  readonly hashLabel: string
}

export type History = {
  /** Oldest first. */
  readonly revisions: readonly ControllerRevision[]
  /** That of the template; the last of `revisions`. */
  readonly newest: ControllerRevision
  readonly collisionCount: number | undefined
}

/** Finds, or makes, the revision of the owner's template. */
export async function settleHistory(deps: ControllerDeps, owner: RevisionOwner, signal: AbortSignal): Promise<History> {
  const candidates = deps.cache(ControllerRevision).list(owner.object.metadata.namespace)
  const claims = claim(owner.object, owner.selector, candidates)
  const revisions = inOrder(await settleClaims(deps, ControllerRevision, owner, claims, signal))
  const step = nextRevision(owner, revisions)
  if (step.do === 'keep') return { revisions, newest: step.revision, collisionCount: owner.collisionCount }
  const { revision: newest, collisionCount } =
    step.do === 'create'
      ? await createRevision(deps, owner, step.revision, signal)
      : { revision: await deps.client.update(ControllerRevision, step.revision, {}, signal), collisionCount: owner.collisionCount }
  const others = revisions.filter(({ metadata }) => metadata.name !== newest.metadata.name)
  return { revisions: [...others, newest], newest, collisionCount }
}

/** `keep` what is the newest already, `raise` one that comes back, `create` what never was. Pure. */
export function nextRevision(
  owner: RevisionOwner,
  revisions: readonly ControllerRevision[],
): { readonly do: 'keep' | 'raise' | 'create'; readonly revision: ControllerRevision } {
  const newest = revisions.at(-1)
  const equal = revisions.findLast(({ data }) => isSameValue(data, dataOf(owner.template)))
  const number = (newest?.revision ?? 0) + 1
  if (equal === undefined) return { do: 'create', revision: revisionFor(owner, number, owner.collisionCount) }
  return equal === newest ? { do: 'keep', revision: equal } : { do: 'raise', revision: { ...equal, revision: number } }
}

/** Revisions that nobody uses, beyond the limit, oldest first. Pure. */
export function forgettable(
  revisions: readonly ControllerRevision[],
  isUsed: (revision: ControllerRevision) => boolean,
  limit: number | undefined,
): readonly ControllerRevision[] {
  const unused = revisions.filter((revision) => !isUsed(revision))
  return unused.slice(0, Math.max(unused.length - (limit ?? 10), 0))
}

export async function forgetRevisions(
  { client }: ControllerDeps,
  revisions: readonly ControllerRevision[],
  signal: AbortSignal,
): Promise<void> {
  for (const revision of revisions) {
    const { uid, ...ref } = refOf(revision)
    await ignoreNotFound(client.delete(ControllerRevision, ref, { uid }, signal))
  }
}

function revisionFor(owner: RevisionOwner, revision: number, collisionCount: number | undefined): ControllerRevision {
  const { object, template, hashLabel, reference } = owner
  const hash = podTemplateHash(template, collisionCount)
  const { name, namespace, annotations } = object.metadata
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      annotations,
      ownerReferences: [reference],
    },
    data: dataOf(template),
    revision,
  }
}

/** The template that a revision keeps. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (data as { readonly spec: { readonly template: PodTemplateSpec & { readonly $patch?: string } } }).spec
    .template
  return template
}

/** A strategic merge patch that brings the template back. As upstream writes it, with sorted keys: clients compare its bytes. */
function dataOf(template: PodTemplateSpec): unknown {
  return sortedByKey({ spec: { template: { ...template, $patch: 'replace' } } })
}

/** A name that a stranger has is counted as a collision, so that the next hash is another one. */
async function createRevision(
  { client }: ControllerDeps,
  owner: RevisionOwner,
  wanted: ControllerRevision,
  signal: AbortSignal,
): Promise<{ readonly revision: ControllerRevision; readonly collisionCount: number | undefined }> {
  let collisionCount = owner.collisionCount
  for (;;) {
    const revision = revisionFor(owner, wanted.revision, collisionCount)
    try {
      return { revision: await client.create(ControllerRevision, revision, {}, signal), collisionCount }
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error
    }
    const { uid: _, ...ref } = refOf(revision)
    const existing = await client.get(ControllerRevision, ref, signal)
    if (isOwn(existing, owner) && isSameValue(existing.data, revision.data)) return { revision: existing, collisionCount }
    collisionCount = (collisionCount ?? 0) + 1
  }
}

function isOwn(revision: ControllerRevision, owner: Owner): boolean {
  return controllerOf(revision)?.uid === owner.reference.uid
}

function inOrder(revisions: readonly ControllerRevision[]): readonly ControllerRevision[] {
  const ageOf = ({ metadata }: ControllerRevision) => `${metadata.creationTimestamp} ${metadata.name}`
  return revisions.toSorted((a, b) => a.revision - b.revision || (ageOf(a) < ageOf(b) ? -1 : 1))
}
