/** `kubectl explain`: what a resource is and what its fields mean, from the server's own description. */
import { boolFlag, stringFlag } from '#component/flags'
import { groupVersionPath } from '#meta/kind'
import { type Call, defineCommand } from '../command.ts'
import { CommandError, unprefixed } from '../errors.ts'
import { type OpenApiDocument, schemaOfKind } from '../explain/open-api.ts'
import { explainText } from '../explain/plain-text.ts'
import { resourceNamed } from '../resources/queries.ts'
import type { ApiResource } from '../resources/resource-catalog.ts'
import { fieldsOf, textOf, valueAt } from '../resources/unstructured.ts'

const explainFlags = {
  'api-version': stringFlag('', 'The group version of the resource, such as apps/v1.'),
  output: stringFlag('plaintext', 'How to print: plaintext or plaintext-openapiv2.', { shorthand: 'o' }),
  recursive: boolFlag(false, 'All fields below, without their descriptions.'),
}

export const explain = defineCommand({
  name: 'explain',
  summary: 'Get documentation for a resource',
  description: 'A field is named by its path: <type>.<fieldName>[.<fieldName>].',
  examples: [
    ['A resource and its fields', 'kubectl explain pods'],
    ['All fields of a resource', 'kubectl explain pods --recursive'],
    ['One field', 'kubectl explain pods.spec.containers'],
  ],
  usage: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  flags: explainFlags,
  async run(call) {
    const { flags, args, out } = call
    const [word, ...more] = args
    if (word === undefined)
      throw new CommandError(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
      )
    if (more.length > 0) throw new CommandError('We accept only this format: explain RESOURCE\n')
    if (flags.output !== 'plaintext' && flags.output !== 'plaintext-openapiv2')
      throw new CommandError(`unrecognized format: ${flags.output}`)
    const { resource, path } = await resourceAndPath(call, word)
    const document = await documentOf(call, resource)
    const schema = schemaOfKind(document, resource)
    if (schema === undefined) throw new CommandError(`couldn't find schema for ${resource.kind} in ${resource.version}`)
    out(
      `${resource.group === '' ? '' : `GROUP:      ${resource.group}\n`}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`,
    )
    out(explainText({ document, schema, path, isRecursive: flags.recursive }))
  },
})

type ExplainCall = Call<typeof explainFlags>

/** `deployments.apps.spec`: the longest beginning that names a resource is the resource. */
async function resourceAndPath(
  call: ExplainCall,
  word: string,
): Promise<{ readonly resource: ApiResource; readonly path: readonly string[] }> {
  const [first = '', ...fields] = word.replace(/\.$/, '').split('.')
  const catalog = await call.cluster.catalog()
  for (let count = fields.length; count > 0; count--) {
    const qualified = catalog.find([first, ...fields.slice(0, count)].join('.'))
    if (qualified !== undefined && qualified.group === fields.slice(0, count).join('.'))
      return { resource: await ofVersion(call, qualified), path: fields.slice(count) }
  }
  return { resource: await ofVersion(call, await unprefixed(resourceNamed(call, first))), path: fields }
}

async function ofVersion({ cluster, flags }: ExplainCall, resource: ApiResource): Promise<ApiResource> {
  const wanted = flags['api-version']
  if (wanted === '') return resource
  const [version = '', group = ''] = wanted.split('/').toReversed()
  const found = (await cluster.catalog()).resources.find(
    (one) => one.group === group && one.version === version && one.plural === resource.plural,
  )
  if (found === undefined) throw new CommandError(`couldn't find resource for "${wanted}, Resource=${resource.plural}"`)
  return found
}

async function documentOf({ cluster }: ExplainCall, resource: ApiResource): Promise<OpenApiDocument> {
  const body = decoded((await cluster.request({ method: 'GET', path: '/openapi/v3' })).body)
  const path = groupVersionPath(resource).slice(1)
  const url = textOf(valueAt(fieldsOf(valueAt(body, 'paths'))[path], 'serverRelativeURL'))
  if (url === '') throw new CommandError(`couldn't find resource for "${path}, Resource=${resource.plural}"`)
  return decoded((await cluster.request({ method: 'GET', path: url })).body) as OpenApiDocument
}

/** Upstream's server does not call the list of documents JSON. */
function decoded(body: unknown): unknown {
  return typeof body === 'string' ? JSON.parse(body) : body
}
