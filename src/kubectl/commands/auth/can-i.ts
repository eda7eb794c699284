/** `kubectl auth can-i`: whether the server would let the caller do something, or all that it would. */
import { boolFlag, stringFlag } from '#component/flags'
import type { PolicyRule } from '#kinds/rbac/types.gen'
import { type Call, defineCommand } from '../../command.ts'
import { ruleRows } from '../../describe/rbac.ts'
import { CommandError } from '../../errors.ts'
import { TabWriter, tableOptions } from '../../print/tab-writer.ts'
import { resourceNamed } from '../../resources/queries.ts'
import { UnknownResource } from '../../resources/resource-catalog.ts'
import { fieldsOf, listOf, textOf, valueAt } from '../../resources/unstructured.ts'

const canIFlags = {
  'all-namespaces': boolFlag(false, 'Ask about all namespaces.', { shorthand: 'A' }),
  list: boolFlag(false, 'Print everything that is allowed.'),
  'no-headers': boolFlag(false, 'Leave the header out.'),
  quiet: boolFlag(false, 'Print nothing; the exit status tells.', { shorthand: 'q' }),
  subresource: stringFlag('', 'Ask about a subresource such as log or scale.'),
}

type CanICall = Call<typeof canIFlags>

const reviews = '/apis/authorization.k8s.io/v1'

export const canI = defineCommand({
  name: 'can-i',
  summary: 'Check whether an action is allowed',
  description: 'Exits with 1 where it is not.',
  examples: [
    ['May I create pods in any namespace?', 'kubectl auth can-i create pods --all-namespaces'],
    ['May a service account list pods?', 'kubectl auth can-i list pods --as=system:serviceaccount:dev:foo -n prod'],
    ['May I do everything in this namespace?', "kubectl auth can-i '*' '*'"],
    ['All that I may do in a namespace', 'kubectl auth can-i --list --namespace=foo'],
  ],
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  flags: canIFlags,
  async run(call) {
    if (call.flags.list) return await listAllowed(call)
    const [verb, what, ...more] = call.args
    if (verb === undefined || what === undefined || more.length > 0)
      throw new CommandError(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
      )
    const { flags, cluster, out } = call
    const spec = what.startsWith('/')
      ? { nonResourceAttributes: { path: what, verb } }
      : { resourceAttributes: await resourceAttributes(call, verb, what) }
    warnOfVerb(call, verb, what.startsWith('/'))
    const answer = await cluster.request({
      method: 'POST',
      path: `${reviews}/selfsubjectaccessreviews`,
      body: reviewOf('SelfSubjectAccessReview', spec),
    })
    const status = fieldsOf(valueAt(answer.body, 'status'))
    const isAllowed = status['allowed'] === true
    const why = [status['reason'], status['evaluationError']].map(textOf).filter((text) => text !== '')
    if (!flags.quiet) out(isAllowed ? 'yes\n' : `${['no', ...why].join(' - ')}\n`)
    return isAllowed ? 0 : 1
  },
})

function reviewOf(kind: string, spec: unknown): unknown {
  return { apiVersion: 'authorization.k8s.io/v1', kind, metadata: {}, spec }
}

async function resourceAttributes(call: CanICall, verb: string, what: string): Promise<unknown> {
  const { flags, cluster } = call
  const [type = '', name] = what.split('/')
  const namespace = flags['all-namespaces'] ? '' : (await cluster.namespace()).name
  const { group, resource } = await resourceOf(call, type)
  return { namespace, verb, group, resource, subresource: flags.subresource || undefined, name }
}

/** A type that the server does not have may still be asked about. */
async function resourceOf(call: CanICall, type: string): Promise<{ readonly group: string; readonly resource: string }> {
  if (type === '*') return { group: '*', resource: '*' }
  const { err, flags } = call
  try {
    const found = await resourceNamed(call, type)
    if (found.scope === 'Cluster' && !flags['all-namespaces'])
      err(`Warning: resource '${found.plural}' is not namespace scoped${found.group === '' ? '' : ` in group '${found.group}'`}\n\n`)
    return { group: found.group, resource: found.plural }
  } catch (error) {
    if (!(error instanceof UnknownResource)) throw error
    const [resource = '', ...group] = type.split('.')
    if (group.length === 0) err(`Warning: the server doesn't have a resource type '${type}'\n\n`)
    else err(`Warning: the server doesn't have a resource type '${resource}' in group '${group.join('.')}'\n\n`)
    return { group: group.join('.'), resource }
  }
}

const resourceVerbs: ReadonlySet<string> = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(' '),
)
const pathVerbs: ReadonlySet<string> = new Set('get put post head options delete patch *'.split(' '))

function warnOfVerb({ err }: CanICall, verb: string, isPath: boolean): void {
  if (!(isPath ? pathVerbs : resourceVerbs).has(verb)) err(`Warning: verb '${verb}' is not a known verb\n\n`)
}

async function listAllowed({ flags, args, cluster, out, err }: CanICall): Promise<void> {
  if (args.length > 0) throw new CommandError('list option must be specified with no arguments')
  const body = reviewOf('SelfSubjectRulesReview', { namespace: (await cluster.namespace()).name })
  const answer = await cluster.request({ method: 'POST', path: `${reviews}/selfsubjectrulesreviews`, body })
  const status = fieldsOf(valueAt(answer.body, 'status'))
  const rules = [...listOf(status['resourceRules']), ...listOf(status['nonResourceRules'])] as readonly PolicyRule[]
  const header = flags['no-headers'] ? [] : ['Resources\tNon-Resource URLs\tResource Names\tVerbs']
  if (status['incomplete'] === true) err(`warning: the list may be incomplete: ${textOf(status['evaluationError'])}\n`)
  out(new TabWriter(tableOptions).format([...header, ...ruleRows(rules)].map((line) => `${line}\n`).join('')))
}
