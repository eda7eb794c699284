/** `kubectl api-versions`: every group version that the server has. */
import { defineCommand } from '../command.ts'
import { UsageError } from '../errors.ts'
import { apiVersionOf } from '../resources/resource-catalog.ts'

export const apiVersions = defineCommand({
  name: 'api-versions',
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  usage: '',
  flags: {},
  async run({ args, cluster, out }) {
    if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`)
    const versions = (await cluster.freshCatalog()).groupVersions.map(apiVersionOf).toSorted()
    out(versions.map((version) => `${version}\n`).join(''))
  },
})
