/** Cordons and uncordons nodes: whether new pods may come to them. */
import type { Call } from '../command.ts'
import { type DryRun, dryRunQuery } from '../print/outcome.ts'
import { patchObject } from '../resources/access.ts'
import type { LiveTarget } from '../resources/each-target.ts'
import { valueAt } from '../resources/unstructured.ts'

export async function setSchedulable(call: Call, node: LiveTarget, isSchedulable: boolean, dryRun: DryRun): Promise<void> {
  const verb = isSchedulable ? 'uncordoned' : 'cordoned'
  const suffix = dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'
  const isAlready = (valueAt(node.object, 'spec', 'unschedulable') !== true) === isSchedulable
  if (isAlready) return call.out(`node/${node.name} already ${verb}${suffix}\n`)
  if (dryRun !== 'client') {
    const body = { spec: { unschedulable: isSchedulable ? null : true } }
    await patchObject(call.cluster, node, { type: 'strategic', body }, dryRunQuery(dryRun))
  }
  call.out(`node/${node.name} ${verb}${suffix}\n`)
}
