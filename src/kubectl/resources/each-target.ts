/** Does something to each object that a command line means; one failure does not keep the others from being done. */
import type { Call } from '../command.ts'
import { CommandError, throwAll } from '../errors.ts'
import { getObject } from './access.ts'
import { type ObjectQuery, type Query, resolveQueries, type Selection, targetsOf } from './queries.ts'
import type { AnyObject } from './unstructured.ts'

export type LiveTarget = ObjectQuery & { readonly object: AnyObject }

/** As `kubectl` reads selections from the flags that most commands share. */
export type SharedFlags = {
  readonly filename: readonly string[]
  readonly recursive: boolean
  readonly kustomize: string
  readonly selector?: string
  readonly 'field-selector'?: string
  readonly all?: boolean
  readonly 'all-namespaces'?: boolean
}

export function selectionOf(flags: SharedFlags, args: readonly string[]): Selection {
  return {
    args,
    files: flags,
    selector: flags.selector,
    fieldSelector: flags['field-selector'],
    isAll: flags.all === true,
    allNamespaces: flags['all-namespaces'] === true,
  }
}

/** Objects come from files or are not yet read. Resolves with how many there were. */
export async function eachTarget(call: Call, selection: Selection, act: (target: ObjectQuery) => Promise<void>): Promise<number> {
  const { queries, errors } = await resolveQueries(call, selection)
  const failures = [...errors]
  let count = 0
  for (const query of queries) {
    for (const target of await collected(failures, () => targetsOf(call, query))) {
      count++
      await act(target).catch((error: unknown) => failures.push(error))
    }
  }
  throwAll(failures)
  return count
}

/** Objects are as the server has them, or what their subresource says. */
export async function eachLiveTarget(
  call: Call,
  selection: Selection,
  act: (target: LiveTarget) => Promise<void>,
  subresource?: string,
): Promise<number> {
  return await eachTarget(call, selection, async (target) => {
    const isUnread = target.source !== undefined || subresource !== undefined
    await act({
      ...target,
      object: isUnread || target.object === undefined ? await getObject(call.cluster, target, subresource) : target.object,
    })
  })
}

/** A file's object without the namespace that only the context gave it. */
export function withoutImpliedNamespace(object: AnyObject, { cluster }: Pick<Call, 'cluster'>): AnyObject {
  if (cluster.flags.namespace !== '') return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** The one object that is meant. */
export async function singleTarget(call: Call, selection: Selection): Promise<LiveTarget> {
  const { queries, errors } = await resolveQueries(call, selection)
  throwAll(errors)
  const [query, ...others]: readonly Query[] = queries
  if (query === undefined || query.type !== 'object' || others.length > 0) throw new CommandError('exactly one resource is needed')
  return { ...query, object: await getObject(call.cluster, query) }
}

async function collected(failures: unknown[], find: () => Promise<readonly ObjectQuery[]>): Promise<readonly ObjectQuery[]> {
  try {
    return await find()
  } catch (error) {
    failures.push(error)
    return []
  }
}
