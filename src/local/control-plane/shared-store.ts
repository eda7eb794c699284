/** The store that several control planes share: an etcd with a member on each host. */
import { sleep } from '#base/env/clock'
import type { Env } from '#base/env/env'
import { openEtcdStore } from '#store/etcd/etcd-store'
import type { Store } from '#store/store'
import { isStoreError } from '#store/store-error'
import type { EtcdPki } from '../cluster-pki.ts'
import { etcdEndpoint } from './etcd-member.ts'
import type { ControlPlaneHost } from './hosts.ts'

export type SharedStoreOptions = {
  readonly pki: EtcdPki
  readonly host: ControlPlaneHost
  /** All of them, with the own one. */
  readonly hosts: readonly ControlPlaneHost[]
}

const retryMs = 250

/** Waits until etcd answers: its members start at the same time, and serve only when a majority is there. */
export async function openSharedStore(env: Env, { pki, host, hosts }: SharedStoreOptions, signal: AbortSignal): Promise<Store> {
  // The own member first: the others are for when it fails.
  const endpoints = [host, ...hosts.filter(({ number }) => number !== host.number)].map(etcdEndpoint)
  const tls = { ca: pki.authority.certificatePem, certificate: pki.client.certificatePem, key: pki.client.privateKeyPem }
  for (;;) {
    try {
      return await openEtcdStore({ ...env, endpoints, tls })
    } catch (error) {
      if (!isStoreError(error, 'Unavailable')) throw error
      env.log.info('etcd is not there yet', { why: error.message })
    }
    await sleep(env.clock, retryMs, signal)
  }
}
