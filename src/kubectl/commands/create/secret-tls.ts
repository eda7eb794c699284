/** `kubectl create secret tls`: a certificate and its key, checked to belong together. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { boolFlag, stringFlag } from '#component/flags'
import { creationCommand } from '../../create/creation.ts'
import { secretDraft } from '../../create/secret-draft.ts'
import { CommandError } from '../../errors.ts'
import { madeResources } from '../../resources/made-resources.ts'

export const createTlsSecret = creationCommand({
  name: 'tls',
  summary: 'Create a TLS secret from the given public/private key pair',
  examples: [['A secret of a certificate and its key', 'kubectl create secret tls web --cert=path/to/tls.crt --key=path/to/tls.key']],
  usage: 'NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  flags: {
    'append-hash': boolFlag(false, 'Append a hash of the content to the name.'),
    cert: stringFlag('', 'Path of the certificate, in PEM.'),
    key: stringFlag('', 'Path of the private key, in PEM.'),
  },
  resource: madeResources.secret,
  failure: 'failed to create secret ',
  async draft({ flags }, name) {
    if (flags.key === '' || flags.cert === '') throw new CommandError('key and cert must be specified')
    const [certificate, key] = [await contentOf(flags.cert), await contentOf(flags.key)]
    checkPair(certificate, key)
    const entries = [
      { key: 'tls.crt', value: certificate },
      { key: 'tls.key', value: key },
    ]
    return secretDraft(name, entries, { type: 'kubernetes.io/tls', appendsHash: flags['append-hash'] })
  },
})

async function contentOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch {
    throw new CommandError(`Cannot read file ${path}, open ${path}: no such file or directory`)
  }
}

function checkPair(certificate: Buffer, key: Buffer): void {
  const [inCertificate, inKey] = [pemTypes(certificate), pemTypes(key)]
  if (!inCertificate.includes('CERTIFICATE')) throw new CommandError(missing('certificate', inCertificate))
  if (!inKey.some((type) => type.endsWith('PRIVATE KEY'))) throw new CommandError(missing('key', inKey))
  if (!isPair(certificate, key)) throw new CommandError('tls: private key does not match public key')
}

function pemTypes(content: Buffer): readonly string[] {
  return [...content.toString().matchAll(/^-----BEGIN ([^-]+)-----$/gm)].map(([, type = '']) => type)
}

/** In the words of Go's library. */
function missing(what: 'certificate' | 'key', types: readonly string[]): string {
  if (types.length === 0) return `tls: failed to find any PEM data in ${what} input`
  const skipped = `after skipping PEM blocks of the following types: [${types.join(' ')}]`
  if (what === 'key') {
    return types.includes('CERTIFICATE')
      ? 'tls: found a certificate rather than a key in the PEM for the private key'
      : `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input ${skipped}`
  }
  return types.some((type) => type.endsWith('PRIVATE KEY'))
    ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
    : `tls: failed to find "CERTIFICATE" PEM block in certificate input ${skipped}`
}

function isPair(certificate: Buffer, key: Buffer): boolean {
  try {
    const spki = { type: 'spki', format: 'der' } as const
    const ofKey = createPublicKey(createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' }).toString()).export(spki)
    return new X509Certificate(certificate).publicKey.export(spki).equals(ofKey)
  } catch (error) {
    throw new CommandError(`tls: failed to parse private key or certificate: ${String(error)}`)
  }
}
