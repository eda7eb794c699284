/** `kubectl version`: which kubectl this is, and which server it talks to. */

import { formatYaml } from '#base/encoding/yaml'
import { boolFlag, stringFlag } from '#component/flags'
import { upstreamVersion } from '#component/version'
import { defineCommand } from '../command.ts'
import { CommandError, UsageError } from '../errors.ts'
import { type Fields, fieldsOf, textOf } from '../resources/unstructured.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Print the client and server version information',
  examples: [['Both versions', 'kubectl version']],
  usage: '',
  flags: {
    client: boolFlag(false, 'Only the version of this program; no server is asked.'),
    output: stringFlag('', 'How to print: json or yaml.', { shorthand: 'o' }),
  },
  async run({ flags, args, cluster, out, err }) {
    const { output } = flags
    if (args.length > 0) throw new UsageError(`extra arguments: [${args.join(' ')}]`)
    if (!['', 'json', 'yaml'].includes(output)) throw new CommandError("--output must be 'yaml' or 'json'")
    const client = clientVersion()
    if (output === '') out(`Client Version: ${upstreamVersion}\n`)
    const answer = flags.client ? undefined : await cluster.request({ method: 'GET', path: '/version' })
    const server = answer === undefined ? undefined : fieldsOf(answer.body)
    if (output === '' && server !== undefined) out(`Server Version: ${textOf(server['gitVersion'])}\n`)
    const both = { clientVersion: client, ...(server === undefined ? {} : { serverVersion: server }) }
    if (output === 'json') out(`${JSON.stringify(both, null, 2)}\n`)
    if (output === 'yaml') out(`${formatYaml(both)}\n`)
    if (server !== undefined) err(skewWarning(client, server))
  },
})

/** In the fields that a server answers with; what is of no program in Go has no value. */
function clientVersion(): Fields {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(upstreamVersion) ?? []
  return { major, minor, gitVersion: upstreamVersion, platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}` }
}

const skewMax = 1

function skewWarning(client: Fields, server: Fields): string {
  const [own, other] = [client, server].map(({ major, minor }) => ({ major: textOf(major), minor: Number.parseInt(textOf(minor), 10) }))
  if (own === undefined || other === undefined) return ''
  if (own.major === other.major && Math.abs(own.minor - other.minor) <= skewMax) return ''
  return `WARNING: version difference between client (${own.major}.${own.minor}) and server (${other.major}.${other.minor}) exceeds the supported minor version skew of +/-${skewMax}\n`
}
