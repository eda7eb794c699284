/** `kubectl config set-credentials`. */
import { boolFlag, repeatedFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../../command.ts'
import { pathForFile } from '../../config/path-in-file.ts'
import { ConfigStore, type Content } from '../../config/store.ts'
import { CommandError } from '../../errors.ts'
import { fieldsOf, listOf } from '../../resources/unstructured.ts'
import { expectArguments } from './expected-arguments.ts'
import { embedded } from './set-cluster.ts'

const credentialsFlags = {
  'auth-provider': stringFlag('', 'Authentication provider.'),
  'auth-provider-arg': repeatedFlag([], 'An argument of the authentication provider, as KEY=VALUE.'),
  'client-certificate': stringFlag('', 'Path of the client certificate.'),
  'client-key': stringFlag('', 'Path of the client key.'),
  'embed-certs': boolFlag(false, 'Take certificate and key themselves in.'),
  'exec-api-version': stringFlag('', 'API version of the program that gives credentials.'),
  'exec-arg': repeatedFlag([], 'An argument of the program.'),
  'exec-command': stringFlag('', 'The program that gives credentials.'),
  'exec-env': repeatedFlag([], 'An environment variable of the program, as NAME=VALUE.'),
  'exec-interactive-mode': stringFlag('', 'Whether the program may ask the user: Never, IfAvailable or Always.'),
  'exec-provide-cluster-info': boolFlag(false, 'Tell the program about the cluster.'),
  password: stringFlag('', 'Password.'),
  token: stringFlag('', 'Bearer token.'),
  username: stringFlag('', 'User name.'),
}

type CredentialsCall = Call<typeof credentialsFlags>

export const setCredentials = defineCommand({
  name: 'set-credentials',
  summary: 'Set a user entry in kubeconfig',
  description: 'Fields that no flag names stay as they are.',
  examples: [
    ['A token', 'kubectl config set-credentials robot --token=bearer_token'],
    ['A certificate', 'kubectl config set-credentials admin --embed-certs --client-certificate=admin.crt --client-key=admin.key'],
    ['A program that gives credentials', 'kubectl config set-credentials ann --exec-command=/path/to/login'],
  ],
  usage: 'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--exec-command=path]',
  flags: credentialsFlags,
  async run(call) {
    const [name] = expectArguments(call.args, 1)
    checkMethods(call)
    const store = await ConfigStore.open(call.cluster)
    await store.put('users', name, await changed(call, store.contentOf('users', name) ?? {}, store.defaultPath))
    call.out(`User ${JSON.stringify(name)} set.\n`)
  },
})

function checkMethods({ flags }: CredentialsCall): void {
  const methods = [
    ...(flags.token === '' ? [] : ['--token']),
    ...(flags.username === '' && flags.password === '' ? [] : ['--username/--password']),
  ]
  if (methods.length > 1)
    throw new CommandError(`you cannot specify more than one authentication method at the same time: ${methods.join(', ')}`)
  if (flags['embed-certs'] && flags['client-certificate'] === '' && flags['client-key'] === '')
    throw new CommandError('you must specify a --client-certificate or --client-key to embed')
}

async function changed({ flags, given }: CredentialsCall, before: Content, file: string): Promise<Content> {
  const next: Record<string, unknown> = { ...before }
  for (const field of ['client-certificate', 'client-key'] as const) {
    if (!given.has(field)) continue
    const isEmbedded = flags['embed-certs'] && flags[field] !== ''
    delete next[isEmbedded ? field : `${field}-data`]
    next[isEmbedded ? `${field}-data` : field] = isEmbedded ? await embedded(field, flags[field]) : pathForFile(flags[field], file)
  }
  for (const field of ['token', 'username', 'password'] as const) if (given.has(field)) next[field] = flags[field]
  // As upstream: one way of authentication takes the place of the other.
  if (given.has('token') && flags.token !== '') for (const field of ['tokenFile', 'username', 'password']) delete next[field]
  if (given.has('username') || given.has('password')) for (const field of ['token', 'tokenFile']) delete next[field]
  if (given.has('auth-provider'))
    next['auth-provider'] = { name: flags['auth-provider'], config: Object.fromEntries(flags['auth-provider-arg'].map(pairOf)) }
  return [...given].some((flag) => flag.startsWith('exec-')) ? { ...next, exec: execOf(flags, given, fieldsOf(before['exec'])) } : next
}

function execOf(flags: CredentialsCall['flags'], given: ReadonlySet<string>, before: Content): Content {
  const env = flags['exec-env'].filter((text) => text.includes('=')).map(pairOf)
  const kept = listOf(before['env'])
    .map(fieldsOf)
    .filter(({ name }) => env.every(([key]) => key !== name) && !flags['exec-env'].includes(`${String(name)}-`))
  const variables = [...kept, ...env.map(([name, value]) => ({ name, value }))]
  return {
    ...before,
    ...(given.has('exec-command') ? { command: flags['exec-command'] } : {}),
    ...(given.has('exec-api-version') ? { apiVersion: flags['exec-api-version'] } : {}),
    ...(given.has('exec-arg') ? { args: flags['exec-arg'] } : {}),
    ...(given.has('exec-interactive-mode') ? { interactiveMode: flags['exec-interactive-mode'] } : {}),
    ...(given.has('exec-provide-cluster-info') ? { provideClusterInfo: flags['exec-provide-cluster-info'] } : {}),
    ...(variables.length === 0 ? {} : { env: variables }),
  }
}

function pairOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals < 0) throw new CommandError(`Error: invalid key=value pair ${JSON.stringify(text)}`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
