/** What a command that changes something says afterwards: `deployment.apps/web scaled`, or the object in a format. */
import { type Flag, stringFlag } from '#component/flags'
import type { Call } from '../command.ts'
import { CommandError } from '../errors.ts'
import { type ApiResource, nameOfKind } from '../resources/resource-catalog.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { type FormatValues, printerOf } from './formats.ts'

export type DryRun = 'none' | 'client' | 'server'

export const dryRunFlag: Flag<string> = {
  ...stringFlag('none', 'none, client (only print what would be sent) or server (ask the server, keep nothing).'),
  // Deprecated, but still what upstream understands by the bare flag.
  bareValue: 'client',
}

export function dryRunOf(text: string): DryRun {
  if (text === 'none' || text === 'client' || text === 'server') return text
  throw new CommandError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`)
}

/** The query parameter of a dry run on the server. */
export function dryRunQuery(dryRun: DryRun): { readonly dryRun?: 'All' } {
  return dryRun === 'server' ? { dryRun: 'All' } : {}
}

export type Outcome = {
  readonly resource: ApiResource
  readonly object: AnyObject
  readonly operation: string
  /** JSON keeps the order of fields, as upstream does where it prints its own Go types. */
  readonly keepsOrder?: boolean
}
export type Report = (outcome: Outcome) => void

/** Made once a command, since formats keep state between objects. */
export async function reporter(call: Pick<Call, 'out'>, values: FormatValues, dryRun: DryRun = 'none'): Promise<Report> {
  const print = await printerOf(values)
  const suffix = dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'
  return ({ resource, object, operation, keepsOrder = false }) =>
    call.out(print === undefined ? `${nameOfKind(object, resource)} ${operation}${suffix}\n` : print({ object, resource, keepsOrder }))
}
