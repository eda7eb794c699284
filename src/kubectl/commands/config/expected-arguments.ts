/** The plain words of a `kubectl config` command, as many as it wants. */
import { CommandError } from '../../errors.ts'

export function expectArguments(args: readonly string[], count: 1): readonly [string]
export function expectArguments(args: readonly string[], count: 2): readonly [string, string]
export function expectArguments(args: readonly string[], count: number): readonly string[] {
  if (args.length !== count) throw new CommandError(`Unexpected args: [${args.join(' ')}]`)
  return args
}
