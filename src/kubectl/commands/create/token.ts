/** `kubectl create token`: a token of a service account, by the server. */
import { durationFlag, repeatedFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../../command.ts'
import { nameArgument } from '../../create/creation.ts'
import { CommandError, messageOf } from '../../errors.ts'
import { formatFlags, printerOf } from '../../print/formats.ts'
import { createObject } from '../../resources/access.ts'
import { madeResources } from '../../resources/made-resources.ts'
import { type Fields, valueAt } from '../../resources/unstructured.ts'

const boundKinds: Readonly<Record<string, string>> = { Pod: 'v1', Secret: 'v1', Node: 'v1' }

const tokenFlags = {
  ...formatFlags,
  audience: repeatedFlag([], 'Who the token is for; can be given several times.'),
  'bound-object-kind': stringFlag('', 'The token ends with an object of this kind: Pod, Secret or Node.'),
  'bound-object-name': stringFlag('', 'Name of that object.'),
  'bound-object-uid': stringFlag('', 'UID of that object.'),
  duration: durationFlag(0, 'How long the token lasts; the server may choose another time.'),
}

export const createToken = defineCommand({
  name: 'token',
  summary: 'Request a service account token',
  examples: [
    ['A token of the service account robot', 'kubectl create token robot'],
    ['One that lasts ten minutes', 'kubectl create token robot --duration 10m'],
  ],
  usage: 'SERVICE_ACCOUNT_NAME',
  flags: tokenFlags,
  async run(call) {
    const { flags, cluster, out } = call
    const name = nameArgument(call)
    const spec = tokenSpec(call)
    const print = await printerOf(flags)
    const { name: namespace } = await cluster.namespace()
    const target = { resource: madeResources.serviceAccount, namespace, name }
    const body = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {},
      spec,
      status: { token: '', expirationTimestamp: null },
    }
    const object = await createObject(cluster, target, body, {}, 'token').catch((error: unknown) => {
      throw new CommandError(`failed to create token: ${messageOf(error)}`)
    })
    if (print !== undefined) return out(print({ object, resource: target.resource, keepsOrder: true }))
    const token = valueAt(object, 'status', 'token')
    if (typeof token !== 'string' || token === '') throw new CommandError('failed to create token: no token in server response')
    out(`${token}\n`)
  },
})

function tokenSpec({ flags, given }: Call<typeof tokenFlags>): Fields {
  const { 'bound-object-kind': kind, 'bound-object-name': name, 'bound-object-uid': uid, duration } = flags
  if (duration < 0) throw new CommandError('--duration must be greater than or equal to 0')
  if (duration % 1000 !== 0) throw new CommandError('--duration cannot be expressed in units less than seconds')
  if (flags.audience.includes('')) throw new CommandError('--audience must not be an empty string')
  if (kind === '') {
    if (name !== '') throw new CommandError('--bound-object-name can only be set if --bound-object-kind is provided')
    if (uid !== '') throw new CommandError('--bound-object-uid can only be set if --bound-object-kind is provided')
  } else {
    if (boundKinds[kind] === undefined)
      throw new CommandError(`supported --bound-object-kind values are ${Object.keys(boundKinds).toSorted().join(', ')}`)
    if (name === '') throw new CommandError('--bound-object-name is required if --bound-object-kind is provided')
  }
  return {
    audiences: given.has('audience') ? flags.audience : null,
    expirationSeconds: duration > 0 ? duration / 1000 : null,
    boundObjectRef: kind === '' ? null : { kind, apiVersion: boundKinds[kind], name, ...(uid === '' ? {} : { uid }) },
  }
}
