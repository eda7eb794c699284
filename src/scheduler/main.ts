/** kube-scheduler: a scheduler in a process of its own. */
import { hostname } from 'node:os'
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { transportOfKubeconfig } from '#client/connect'
import { Informers } from '#client/informers'
import type { Component } from '#component/component'
import { mayGetPath } from '#component/delegated-access'
import { featureGates } from '#component/feature-gates'
import { serve } from '#component/serving'
import { createAuthority, issueCredential } from '#net/pki/authority'
import { ApiEventRecorder } from '#reconcile/api-event-recorder'
import { runAsLeader } from '#reconcile/leader-election'
import { createScheduler } from './create-scheduler.ts'
import type { SchedulerConfiguration } from './scheduler-configuration.ts'
import { configurationOf, givenCredential, type SchedulerFlags, schedulerFlags } from './scheduler-flags.ts'
import { SchedulerMetrics } from './scheduler-metrics.ts'

export const kubeScheduler: Component<typeof schedulerFlags> = {
  name: 'kube-scheduler',
  summary: 'Finds a node for each pod.',
  flags: schedulerFlags,
  run,
}

async function run(env: Env, flags: SchedulerFlags, signal: AbortSignal): Promise<void> {
  featureGates(flags['feature-gates'])
  const configuration = await configurationOf(flags)
  using transport = await transportOfKubeconfig(
    configuration.kubeconfig,
    { clock: env.clock, userAgent: 'kube-scheduler/v1.36' },
    flags.master,
  )
  const client = new Client(transport)
  await using informers = new Informers({ ...env, client })
  const metrics = new SchedulerMetrics()
  const { profiles, backoff } = configuration
  const options = { profiles, backoff, unschedulableMsMax: flags['pod-max-in-unschedulable-pods-duration'] }
  const scheduler = createScheduler({ ...env, client, informers, metrics }, options)
  metrics.follow(scheduler)
  await using _serving = await serve({
    address: flags['bind-address'],
    port: flags['secure-port'],
    tls: await servingCredential(env, flags),
    metrics: metrics.registry,
    isAllowed: ({ bearerToken, path }) => mayGetPath(transport, bearerToken, path),
    log: env.log,
  })
  await lead({ ...env, client }, configuration, (stop) => scheduler.run(stop), signal)
}

type Deps = Env & { readonly client: Client }

async function lead(
  deps: Deps,
  { election }: SchedulerConfiguration,
  work: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (!election.isOn) return await work(signal)
  const events = new ApiEventRecorder(deps, { component: 'default-scheduler' })
  const recording = new AbortController()
  const recorded = events.run(recording.signal)
  try {
    await runAsLeader({ ...deps, events }, { ...election, identity: `${hostname()}_${deps.random.uuid()}` }, work, signal)
  } finally {
    recording.abort()
    await recorded
  }
}

/** As upstream: without a certificate the scheduler makes one up. */
async function servingCredential(env: Env, flags: SchedulerFlags) {
  const given = await givenCredential(flags)
  if (given !== undefined || flags['secure-port'] === 0) return given
  const validity = { nowMs: env.clock.nowMs(), validForMs: 365 * 24 * 3_600_000 }
  const authority = await createAuthority(`${hostname()}-ca`, validity)
  const subject = { commonName: hostname(), organizations: [] }
  return await issueCredential(authority, { ...validity, subject, usages: ['server'], hosts: [hostname(), 'localhost', '127.0.0.1'] })
}
