/** kube-controller-manager: all controllers in a process of their own. */
import { hostname } from 'node:os'
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { transportOfKubeconfig } from '#client/connect'
import { HttpTransport } from '#client/http-transport'
import type { Component } from '#component/component'
import { mayGetPath } from '#component/delegated-access'
import { featureGates } from '#component/feature-gates'
import { queueMetrics } from '#component/queue-metrics'
import { serve } from '#component/serving'
import { createAuthority, issueCredential } from '#net/pki/authority'
import { ApiEventRecorder } from '#reconcile/api-event-recorder'
import { type LeaderElectionOptions, runAsLeader } from '#reconcile/leader-election'
import { accountEndpoint } from './account-endpoint.ts'
import { controllerAccount } from './controller-accounts.ts'
import { runControllers } from './controller-manager.ts'
import { type ControllerManagerFlags, controllerManagerFlags, credentialOf, optionsOf } from './controller-manager-flags.ts'

export const kubeControllerManager: Component<typeof controllerManagerFlags> = {
  name: 'kube-controller-manager',
  summary: 'Runs the control loops that bring the cluster from what is to what should be.',
  flags: controllerManagerFlags,
  run,
}

async function run(env: Env, flags: ControllerManagerFlags, signal: AbortSignal): Promise<void> {
  featureGates(flags['feature-gates'])
  const options = await optionsOf(flags)
  const connection = { clock: env.clock, userAgent: 'kube-controller-manager/v1.36' }
  using transport = await transportOfKubeconfig(flags.kubeconfig, connection, flags.master)
  const client = new Client(transport)
  using transports = new DisposableStack()
  const clientOf = (controllerName: string): Client => {
    const endpoint = accountEndpoint({ client, clock: env.clock, endpoint: transport.endpoint }, controllerAccount(controllerName))
    return new Client(transports.use(new HttpTransport(endpoint, connection)))
  }
  const metrics = queueMetrics()
  await using _serving = await serve({
    address: flags['bind-address'],
    port: flags['secure-port'],
    tls: await servingCredential(env, flags),
    metrics: metrics.registry,
    isAllowed: ({ bearerToken, path }) => mayGetPath(transport, bearerToken, path),
    log: env.log,
  })
  const own = flags['use-service-account-credentials'] ? { clientOf } : {}
  const work = (stop: AbortSignal) => runControllers({ ...env, client, ...own, observeQueue: metrics.observe }, options, stop)
  if (!flags['leader-elect']) return await work(signal)
  const events = new ApiEventRecorder({ ...env, client }, { component: 'kube-controller-manager' })
  const recording = new AbortController()
  const recorded = events.run(recording.signal)
  try {
    await runAsLeader({ ...env, client, events }, electionOf(env, flags), work, signal)
  } finally {
    recording.abort()
    await recorded
  }
}

function electionOf(env: Env, flags: ControllerManagerFlags): LeaderElectionOptions {
  return {
    namespace: flags['leader-elect-resource-namespace'],
    name: flags['leader-elect-resource-name'],
    identity: `${hostname()}_${env.random.uuid()}`,
    leaseDurationMs: flags['leader-elect-lease-duration'],
    renewDeadlineMs: flags['leader-elect-renew-deadline'],
    retryPeriodMs: flags['leader-elect-retry-period'],
  }
}

async function servingCredential(env: Env, flags: ControllerManagerFlags) {
  const given = await credentialOf(flags['tls-cert-file'], flags['tls-private-key-file'])
  if (given !== undefined || flags['secure-port'] === 0) return given
  const validity = { nowMs: env.clock.nowMs(), validForMs: 365 * 24 * 3_600_000 }
  const authority = await createAuthority(`${hostname()}-ca`, validity)
  return await issueCredential(authority, {
    ...validity,
    subject: { commonName: hostname(), organizations: [] },
    usages: ['server'],
    hosts: [hostname(), 'localhost', '127.0.0.1'],
  })
}
