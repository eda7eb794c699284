/** `kubectl create secret docker-registry`: what a node logs in to a registry with. */
import { readFile } from 'node:fs/promises'
import { boolFlag, repeatedFlag, stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { type KeyValue, keyValuesOf } from '../../create/key-values.ts'
import { secretDraft } from '../../create/secret-draft.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

const fileKey = '.dockerconfigjson'

type Login = { readonly server: string; readonly username: string; readonly password: string; readonly email: string }

export const createDockerRegistrySecret = creationCommand({
  name: 'docker-registry',
  summary: 'Create a new secret for use with Docker registries',
  examples: [
    [
      'From a name and a password',
      'kubectl create secret docker-registry pull --docker-server=registry.example --docker-username=ann --docker-password=secret',
    ],
    ['From what docker login wrote', 'kubectl create secret docker-registry pull --from-file=path/to/.docker/config.json'],
  ],
  usage: 'NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source]',
  flags: {
    'append-hash': boolFlag(false, 'Append a hash of the content to the name.'),
    'docker-email': stringFlag('', 'Email for the registry'),
    'docker-password': stringFlag('', 'Password for the registry'),
    'docker-server': stringFlag('https://index.docker.io/v1/', 'Address of the registry'),
    'docker-username': stringFlag('', 'User name for the registry'),
    'from-file': repeatedFlag([], 'A file that holds the configuration.'),
  },
  resource: madeResources.secret,
  failure: 'failed to create secret ',
  async draft({ flags, host }, name) {
    const files = flags['from-file']
    if (files.length === 0 && (flags['docker-username'] === '' || flags['docker-password'] === '' || flags['docker-server'] === ''))
      throw new CommandError(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      )
    const login = {
      server: flags['docker-server'],
      username: flags['docker-username'],
      password: flags['docker-password'],
      email: flags['docker-email'],
    }
    const options = { type: 'kubernetes.io/dockerconfigjson', appendsHash: flags['append-hash'] }
    if (files.length === 0) return secretDraft(name, [{ key: fileKey, value: Buffer.from(configJson(login)) }], options)
    return secretDraft(name, await fromFiles(files, host.environment), options)
  },
})

async function fromFiles(
  files: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly KeyValue[]> {
  const [first = '', ...others] = files
  if (others.length === 0 && !first.includes('=')) {
    const value = await readFile(first).catch(() => undefined)
    if (value !== undefined) return [{ key: fileKey, value }]
  }
  return await keyValuesOf({ 'from-file': files, 'from-literal': [], 'from-env-file': [] }, environment)
}

function configJson({ server, username, password, email }: Login): string {
  const auth = Buffer.from(`${username}:${password}`).toString('base64')
  return JSON.stringify({ auths: { [server]: { username, password, ...(email === '' ? {} : { email }), auth } } })
}
