/** `kubectl get --raw PATH`. */
import type { GetCall } from '../commands/get.ts'
import { CommandError } from '../errors.ts'

export async function rawGet({ cluster, flags, args, host }: GetCall): Promise<void> {
  if (args.length > 0) throw new CommandError('arguments may not be passed when --raw is specified')
  if (flags.watch || flags['watch-only'] || flags.selector !== '')
    throw new CommandError('--raw may not be specified with other flags that filter the server request or alter the output')
  if (!flags.raw.startsWith('/'))
    throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(flags.raw)}: invalid URI for request`)
  for await (const chunk of await cluster.stream({ method: 'GET', path: flags.raw, accept: 'application/json, */*' }))
    host.stdout.write(chunk)
}
