/** Certificates for an etcd under test: an authority, one server certificate for all members, one for clients. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#base/env/clock'
import { type Credential, createAuthority, issueCredential } from '#net/pki/authority'
import { writeCredential } from '#net/pki/key-file'

/** What a client of the etcd needs, PEM; `directory` holds it as files too. */
export interface EtcdTls {
  readonly ca: string
  readonly certificate: string
  readonly key: string
  /** `ca.crt`, `server.crt`, `server.key`, `client.crt`, `client.key`. */
  readonly directory: string
}

/** Makes the certificates and writes them into the directory; the client is the etcd user `root`. */
export async function createEtcdTls(directory: string, hosts: readonly string[]): Promise<EtcdTls> {
  const validity = { nowMs: systemClock.nowMs(), validForMs: 3600_000 }
  const authority = await createAuthority('etcd-test-ca', validity)
  const issue = (commonName: string, usages: readonly ('server' | 'client')[]): Promise<Credential> =>
    issueCredential(authority, { ...validity, subject: { commonName, organizations: [] }, usages, hosts })
  // Members are each other's clients, and etcd's own gateway is a client too.
  const server = await issue('etcd', ['server', 'client'])
  const client = await issue('root', ['client'])
  await mkdir(directory, { recursive: true })
  await writeCredential(directory, 'ca', authority)
  await writeCredential(directory, 'server', server)
  await writeCredential(directory, 'client', client)
  return { ca: authority.certificatePem, certificate: client.certificatePem, key: client.privateKeyPem, directory }
}

/** The arguments that make a member serve clients and members with these certificates only. */
export function tlsArguments({ directory }: EtcdTls): string[] {
  const file = (name: string): string => join(directory, name)
  return ['', 'peer-'].flatMap((peer) => [
    `--${peer}cert-file=${file('server.crt')}`,
    `--${peer}key-file=${file('server.key')}`,
    `--${peer}trusted-ca-file=${file('ca.crt')}`,
    `--${peer}client-cert-auth`,
  ])
}
