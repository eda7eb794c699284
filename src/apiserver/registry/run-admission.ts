/** Runs the admission plugins in their order: all mutations first, all validations after the object has settled. */
import type { Kind } from '#meta/kind'
import type { KubeObject } from '#meta/object'
import type { Admission, AdmissionDeps, AdmissionPlugin } from '../admission/plugin.ts'
import type { AdmissionChain } from './registry.ts'

/** Plugins and deps are asked for at the first request: they read from the registry that this chain is a part of. */
export function admissionChain(pluginsOf: () => readonly AdmissionPlugin[], depsOf: () => AdmissionDeps): AdmissionChain {
  const chosen = new WeakMap<Kind, Map<string, readonly AdmissionPlugin[]>>()

  /** The plugins for a kind, an operation and a subresource: looked up once. */
  function pluginsFor({ kind, operation, subresource }: Admission): readonly AdmissionPlugin[] {
    let byQuestion = chosen.get(kind)
    if (byQuestion === undefined) {
      byQuestion = new Map()
      chosen.set(kind, byQuestion)
    }
    const question = `${operation} ${subresource}`
    let found = byQuestion.get(question)
    if (found === undefined) {
      found = pluginsOf().filter((plugin) => concerns(plugin, { kind, operation, subresource }))
      byQuestion.set(question, found)
    }
    return found
  }

  return {
    async mutate<T extends KubeObject>(admission: Admission<T>, signal: AbortSignal): Promise<T> {
      let current = admission as unknown as Admission
      for (const { mutate } of pluginsFor(current)) {
        if (mutate !== undefined) current = { ...current, object: await mutate(current, depsOf(), signal) }
      }
      return current.object as T
    },
    async validate<T extends KubeObject>(admission: Admission<T>, signal: AbortSignal): Promise<void> {
      const question = admission as unknown as Admission
      for (const { validate } of pluginsFor(question)) await validate?.(question, depsOf(), signal)
    },
  }
}

function concerns(
  plugin: AdmissionPlugin,
  { kind, operation, subresource }: Pick<Admission, 'kind' | 'operation' | 'subresource'>,
): boolean {
  if (!plugin.operations.includes(operation)) return false
  if (!(plugin.subresources ?? ['']).includes(subresource)) return false
  return plugin.kinds === undefined || plugin.kinds.some((one) => one.group === kind.group && one.plural === kind.plural)
}
