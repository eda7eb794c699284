/** Controllers and scheduler inside of a control plane process: always where it is the only one, else while it leads. */
import type { ApiServer } from '#apiserver/api-server'
import type { UserInfo } from '#apiserver/exchange'
import type { Env } from '#base/env/env'
import { Client } from '#client/client'
import { Informers } from '#client/informers'
import type { ControllerOptions } from '#controllers/all-controllers'
import { controllerAccount } from '#controllers/controller-accounts'
import { runControllers } from '#controllers/controller-manager'
import { ApiEventRecorder } from '#reconcile/api-event-recorder'
import { runWheneverLeader } from '#reconcile/leader-election'
import { createScheduler } from '#scheduler/create-scheduler'

export type ControlLoopOptions = {
  readonly controllers: ControllerOptions
  /** By what name this process stands for election; undefined where there is no other. */
  readonly candidate: string | undefined
}

/** They share the API server's process, and so everything that it could do anyway. */
const controllerManager: UserInfo = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] }
const scheduler: UserInfo = { name: 'system:kube-scheduler', groups: ['system:authenticated'] }

/**
 * Half of upstream's: another control plane takes over about 8 s after its leader was killed, and at once when it was stopped. Over loopback a
 * renewal takes no more than a write to the store.
 */
const electionTimes = { leaseDurationMs: 8_000, renewDeadlineMs: 6_000, retryPeriodMs: 1_000 }

type Deps = Env & { readonly apiServer: ApiServer }
type Work = (signal: AbortSignal) => Promise<void>

/** Runs until the signal is aborted. */
export async function runControlLoops(deps: Deps, { controllers, candidate }: ControlLoopOptions, signal: AbortSignal): Promise<void> {
  const clientAs = (user: UserInfo, program: string) => new Client(deps.apiServer.loopback(user, program))
  const client = clientAs(controllerManager, 'kube-controller-manager')
  const schedulerClient = clientAs(scheduler, 'kube-scheduler')
  // One set of caches for both: objects exist once in this process. They are filled by whoever leads first.
  await using informers = new Informers({ ...deps, client })
  const clientOf = (name: string) => clientAs(accountOf(name), 'kube-controller-manager')
  const control: Work = (stop) => runControllers({ ...deps, client, clientOf, informers }, controllers, stop)
  const schedule: Work = (stop) => createScheduler({ ...deps, client: schedulerClient, informers }).run(stop)
  if (candidate === undefined) return void (await Promise.all([control(signal), schedule(signal)]))
  const elected = (name: string, by: Client, work: Work) => runElected({ ...deps, client: by }, { name, candidate }, work, signal)
  await Promise.all([elected('kube-controller-manager', client, control), elected('kube-scheduler', schedulerClient, schedule)])
}

/** Each controller may do what its own account may. */
function accountOf(controllerName: string): UserInfo {
  const namespace = 'kube-system'
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  return { name: `system:serviceaccount:${namespace}:${controllerAccount(controllerName)}`, groups }
}

async function runElected(
  deps: Env & { readonly client: Client },
  { name, candidate }: { readonly name: string; readonly candidate: string },
  work: Work,
  signal: AbortSignal,
): Promise<void> {
  const events = new ApiEventRecorder(deps, { component: name })
  const recording = new AbortController()
  const recorded = events.run(recording.signal)
  const identity = `${candidate}_${deps.random.uuid()}`
  try {
    await runWheneverLeader({ ...deps, events }, { namespace: 'kube-system', name, identity, ...electionTimes }, work, signal)
  } finally {
    recording.abort()
    await recorded
  }
}
