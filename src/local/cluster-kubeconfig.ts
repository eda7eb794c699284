/** Kubeconfigs of a cluster: its own files, and its context in the user's. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { emptyKubeconfig, type Kubeconfig, withEntry, withoutEntry } from '#client/kubeconfig'
import { readKubeconfig, writeKubeconfig } from '#client/kubeconfig-file'
import type { Credential } from '#net/pki/authority'

export type KubeconfigFacts = { readonly name: string; readonly server: string; readonly caPem: string; readonly credential: Credential }

/** One cluster, one user, one context of the same name, with everything inside. */
function kubeconfigOf(facts: KubeconfigFacts): Kubeconfig {
  return withCluster(emptyKubeconfig, facts)
}

/** The same entries in a kubeconfig that may hold others; the context becomes current. */
export function withCluster(config: Kubeconfig, { name, server, caPem, credential }: KubeconfigFacts): Kubeconfig {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return {
    clusters: withEntry(config.clusters, { name, cluster: { server, 'certificate-authority-data': base64(caPem) } }),
    users: withEntry(config.users, {
      name,
      user: { 'client-certificate-data': base64(credential.certificatePem), 'client-key-data': base64(credential.privateKeyPem) },
    }),
    contexts: withEntry(config.contexts, { name, context: { cluster: name, user: name } }),
    currentContext: name,
  }
}

export function withoutCluster(config: Kubeconfig, name: string): Kubeconfig {
  return {
    clusters: withoutEntry(config.clusters, name),
    users: withoutEntry(config.users, name),
    contexts: withoutEntry(config.contexts, name),
    currentContext: config.currentContext === name ? '' : config.currentContext,
  }
}

export async function writeOwnKubeconfig(path: string, facts: KubeconfigFacts): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeKubeconfig(path, kubeconfigOf(facts))
}

/** Changes the user's file, and leaves all else in it as it was. */
export async function changeUserKubeconfig(path: string, change: (config: Kubeconfig) => Kubeconfig): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeKubeconfig(path, change(await readKubeconfig(path)))
}
