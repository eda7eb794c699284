/** `kubectl config set-cluster`. */
import { readFile } from 'node:fs/promises'
import { boolFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../../command.ts'
import { pathForFile } from '../../config/path-in-file.ts'
import { ConfigStore, type Content } from '../../config/store.ts'
import { CommandError } from '../../errors.ts'
import { expectArguments } from './expected-arguments.ts'

const setClusterFlags = {
  'certificate-authority': stringFlag('', 'Path of the certificate of the authority.'),
  'embed-certs': boolFlag(false, 'Take the certificate itself in.'),
  'insecure-skip-tls-verify': boolFlag(false, "Do not check the server's certificate."),
  'proxy-url': stringFlag('', 'Proxy on the way to the server.'),
  server: stringFlag('', 'Address of the server.'),
  'tls-server-name': stringFlag('', "Name to check the server's certificate against."),
}

export const setCluster = defineCommand({
  name: 'set-cluster',
  summary: 'Set a cluster entry in kubeconfig',
  description: 'Fields that no flag names stay as they are.',
  examples: [
    ['Where the server is', 'kubectl config set-cluster e2e --server=https://1.2.3.4'],
    ['Whom to trust', 'kubectl config set-cluster e2e --embed-certs --certificate-authority=path/to/ca.crt'],
  ],
  usage: 'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true]',
  flags: setClusterFlags,
  async run(call) {
    const [name] = expectArguments(call.args, 1)
    const store = await ConfigStore.open(call.cluster)
    await store.put('clusters', name, await changed(call, store.contentOf('clusters', name) ?? {}, store.defaultPath))
    call.out(`Cluster ${JSON.stringify(name)} set.\n`)
  },
})

async function changed({ flags, given }: Call<typeof setClusterFlags>, before: Content, file: string): Promise<Content> {
  const isEmbedded = flags['embed-certs']
  const authority = flags['certificate-authority']
  if (isEmbedded && authority === '') throw new CommandError('you must specify a --certificate-authority to embed')
  if (authority !== '' && given.has('insecure-skip-tls-verify') && flags['insecure-skip-tls-verify'])
    throw new CommandError('you cannot specify a certificate authority and insecure mode at the same time')
  const next: Record<string, unknown> = { ...before }
  for (const field of ['server', 'tls-server-name', 'proxy-url'] as const) if (given.has(field)) next[field] = flags[field]
  if (given.has('insecure-skip-tls-verify')) {
    next['insecure-skip-tls-verify'] = flags['insecure-skip-tls-verify']
    // An insecure cluster needs no authority, and may not have one.
    if (flags['insecure-skip-tls-verify']) for (const field of ['certificate-authority', 'certificate-authority-data']) delete next[field]
  }
  if (given.has('certificate-authority')) {
    delete next['insecure-skip-tls-verify']
    delete next[isEmbedded ? 'certificate-authority' : 'certificate-authority-data']
    if (isEmbedded) next['certificate-authority-data'] = await embedded('certificate-authority', authority)
    else next['certificate-authority'] = pathForFile(authority, file)
  }
  return next
}

/** The content of a file, as a kubeconfig holds it. */
export async function embedded(flag: string, path: string): Promise<string> {
  try {
    return (await readFile(path)).toString('base64')
  } catch {
    throw new CommandError(`could not stat ${flag} file ${path}: stat ${path}: no such file or directory`)
  }
}
