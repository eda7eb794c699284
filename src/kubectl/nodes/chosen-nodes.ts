/** The nodes that `cordon`, `uncordon` and `drain` are told of: by name, or by their labels. */
import type { Call } from '../command.ts'
import { UsageError } from '../errors.ts'
import { eachLiveTarget, type LiveTarget } from '../resources/each-target.ts'

export async function eachNode(
  call: Call,
  { command, selector }: { readonly command: string; readonly selector: string },
  act: (node: LiveTarget) => Promise<void>,
): Promise<void> {
  const { args } = call
  if (args.length === 0 && selector === '') throw new UsageError(`USAGE: ${command} NODE [flags]`)
  if (args.length > 0 && selector !== '') throw new UsageError('cannot specify both a node name and a --selector option')
  const words = args.some((arg) => arg.includes('/')) ? args : ['nodes', ...args]
  await eachLiveTarget(call, { args: words, selector }, act)
}
