/** Changes each object that a `kubectl set` command means: on the server by a patch, or only in what is printed. */
import { mergePatchBetween } from '#meta/patch/merge-patch'
import { strategicPatchBetween } from '#meta/patch/strategic-diff'
import type { Call } from '../command.ts'
import { CommandError, messageOf } from '../errors.ts'
import { dryRunOf, dryRunQuery, type Report, reporter } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import { builtInSchemaOf } from '../resources/built-in-schemas.ts'
import { eachLiveTarget, eachTarget, type LiveTarget, selectionOf, withoutImpliedNamespace } from '../resources/each-target.ts'
import type { AnyObject, Fields } from '../resources/unstructured.ts'
import type { setFlags } from './set-flags.ts'
import { typedObject } from './typed-object.ts'

export type SetCall = Call<typeof setFlags>

export type ChangePlan = {
  /** Said of a changed object: `image updated`. */
  readonly operation: string
  /** Stands before the reason of a refused patch. */
  readonly failure: string
  /** An object that stays as it is gets no word. */
  readonly skipsUnchanged: boolean
  change(target: LiveTarget): Promise<AnyObject> | AnyObject
}

export async function changeEach(call: SetCall, args: readonly string[], plan: ChangePlan): Promise<void> {
  const { flags } = call
  const dryRun = dryRunOf(flags['dry-run'])
  if (flags.local && dryRun === 'server')
    throw new CommandError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  const report = await reporter(call, flags, dryRun)
  const act = (target: LiveTarget) => changeOne(call, target, plan, report)
  if (!flags.local) {
    await eachLiveTarget(call, selectionOf(flags, args), act)
    return
  }
  await eachTarget(call, selectionOf(flags, args), async (target) => {
    if (target.object !== undefined) await act({ ...target, object: typedObject(withoutImpliedNamespace(target.object, call)) })
  })
}

async function changeOne(call: SetCall, target: LiveTarget, plan: ChangePlan, report: Report): Promise<void> {
  const { flags, cluster } = call
  const dryRun = dryRunOf(flags['dry-run'])
  const { resource } = target
  const before = target.object
  const after = await plan.change(target)
  const patch = await patchBetween(target, before, after)
  if (Object.keys(patch.body).length === 0 && plan.skipsUnchanged) return
  if (flags.local || dryRun === 'client') return report({ resource, object: after, operation: plan.operation })
  const object = await patchObject(cluster, target, patch, { ...dryRunQuery(dryRun), fieldManager: flags['field-manager'] }).catch(
    (error: unknown) => {
      throw new CommandError(`${plan.failure}${messageOf(error)}`)
    },
  )
  report({ resource, object, operation: plan.operation, keepsOrder: true })
}

async function patchBetween(
  { resource }: LiveTarget,
  before: AnyObject,
  after: AnyObject,
): Promise<{ readonly type: 'strategic' | 'merge'; readonly body: Fields }> {
  const schema = await builtInSchemaOf(resource)
  if (schema === undefined) return { type: 'merge', body: mergePatchBetween(before, after) }
  return { type: 'strategic', body: strategicPatchBetween(schema, before, after) }
}

/** Words before the first KEY=VALUE or KEY- are plain. */
export function splitPairs(args: readonly string[]): { readonly plain: readonly string[]; readonly pairs: readonly string[] } {
  const first = args.findIndex((arg) => arg.includes('=') || arg.endsWith('-'))
  return first < 0 ? { plain: args, pairs: [] } : { plain: args.slice(0, first), pairs: args.slice(first) }
}
