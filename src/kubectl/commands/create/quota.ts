/** `kubectl create quota`. */
import { stringFlag } from '#component/flags'
import { canonicalQuantity, tryParseQuantity } from '#meta/quantity'
import { creationCommand } from '../../create/creation.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createQuota = creationCommand({
  name: 'quota',
  aliases: ['resourcequota'],
  summary: 'Create a resource quota with the specified name, hard limits, and optional scopes',
  examples: [
    ['Limits of a namespace', 'kubectl create quota limits --hard=cpu=1,memory=1G,pods=2'],
    ['Only pods that do as well as they can', 'kubectl create quota best-effort --hard=pods=100 --scopes=BestEffort'],
  ],
  usage: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  flags: {
    hard: stringFlag('', 'Limits, as RESOURCE=QUANTITY, joined by commas.'),
    scopes: stringFlag('', 'What the quota counts, joined by commas.'),
  },
  resource: madeResources.resourceQuota,
  failure: 'failed to create quota: ',
  draft: ({ flags }, name) => ({
    metadata: { name },
    spec: {
      ...(flags.hard === '' ? {} : { hard: resourceList(flags.hard) }),
      ...(flags.scopes === '' ? {} : { scopes: flags.scopes.split(',').map(trimmedScope) }),
    },
    status: {},
  }),
})

function trimmedScope(scope: string): string {
  if (scope === '') throw new CommandError('invalid resource quota scope ""')
  return scope.trim()
}

/** `cpu=1,memory=1Gi`. Throws a CommandError in upstream's words. */
export function resourceList(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((part) => {
    const [name = '', quantity, ...more] = part.split('=')
    if (quantity === undefined || more.length > 0) throw new CommandError(`Invalid argument syntax ${part}, expected <resource>=<value>`)
    if (tryParseQuantity(quantity) === undefined)
      throw new CommandError(
        quantity === ''
          ? "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
          : `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      )
    return [name, canonicalQuantity(quantity)] as const
  })
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
