/** `kubectl get --raw PATH`. */
import type { GetCall } from '../commands/get.ts'
import { CommandError } from '../errors.ts'

export async function rawGet({ cluster, flags, args, host }: GetCall): Promise<void> {
  if (flags.watch || flags['watch-only'] || flags.selector !== '' || args.length > 0)
    throw new CommandError('--raw can only be used with a path')
  if (!flags.raw.startsWith('/')) throw new CommandError(`--raw must be a valid URL path: ${flags.raw}`)
  for await (const chunk of await cluster.stream({ method: 'GET', path: flags.raw, accept: 'application/json, */*' }))
    host.stdout.write(chunk)
}
