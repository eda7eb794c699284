/** What a command that changes something says afterwards: `deployment.apps/web scaled`, or the object in a format. */
import { type Flag, stringFlag } from '#component/flags'
import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import { type ApiResource, qualifiedName } from '../resources/resource-catalog.ts'
import { type AnyObject, nameOf } from '../resources/unstructured.ts'
import { type FormatValues, printerOf } from './formats.ts'

export type DryRun = 'none' | 'client' | 'server'

export const dryRunFlag: Flag<string> = {
  ...stringFlag('none', 'none, client (only print what would be sent) or server (ask the server, keep nothing).'),
  bareValue: 'unchanged',
}

export function dryRunOf(text: string): DryRun {
  if (text === 'none' || text === 'client' || text === 'server') return text
  if (text === 'unchanged')
    throw new CommandError('--dry-run flag without a value was specified. A value must be set: "none", "server", or "client".')
  throw new CommandError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`)
}

/** The query parameter of a dry run on the server. */
export function dryRunQuery(dryRun: DryRun): { readonly dryRun?: 'All' } {
  return dryRun === 'server' ? { dryRun: 'All' } : {}
}

export type Outcome = { readonly resource: ApiResource; readonly object: AnyObject; readonly operation: string }
export type Report = (outcome: Outcome) => void

/** Made once a command, since formats keep state between objects. */
export async function reporter(call: Pick<Call, 'out'>, values: FormatValues, dryRun: DryRun = 'none'): Promise<Report> {
  const print = await printerOf(values)
  const suffix = dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'
  return ({ resource, object, operation }) =>
    call.out(print === undefined ? `${qualifiedName(resource, nameOf(object))} ${operation}${suffix}\n` : print({ object, resource }))
}
