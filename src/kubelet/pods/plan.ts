/**
 * The kubelet's decision about one pod: from what should run and what does run to what to do now. Pure; the
 * worker carries the actions out in order, looks again, and asks again.
 */
import type { Container, Pod } from '#kinds/core/types.gen'
import { type ContainerRecord, newestOf, type PodRecord, type SandboxRecord } from '../runtime/records.ts'

export type ProbeVerdict = 'unknown' | 'success' | 'failure'
export type ProbeVerdicts = { readonly startup: ProbeVerdict; readonly readiness: ProbeVerdict; readonly liveness: ProbeVerdict }

export type PlanFacts = {
  readonly nowMs: number
  readonly specHash: (container: Container) => string
  readonly probes: (container: string) => ProbeVerdicts
  /** How long the container that ended must wait, from its end. */
  readonly restartDelayMs: (ended: ContainerRecord) => number
}

export type ContainerRole = 'init' | 'sidecar' | 'main' | 'ephemeral'

export type Action =
  | { readonly type: 'stop-sandbox'; readonly sandbox: SandboxRecord }
  | { readonly type: 'create-sandbox'; readonly attempt: number }
  | { readonly type: 'start'; readonly container: Container; readonly role: ContainerRole; readonly restartCount: number }
  | {
      readonly type: 'kill'
      readonly record: ContainerRecord
      readonly container: Container
      readonly why: KillReason
      readonly message: string
    }
  | { readonly type: 'back-off'; readonly container: Container; readonly delayMs: number; readonly untilMs: number }

export type KillReason = 'changed' | 'liveness' | 'startup' | 'unknown-state'

/** What to do for a pod that shall run. Empty when all is as it should be. */
export function planPod(pod: Pod, record: PodRecord, facts: PlanFacts): readonly Action[] {
  const sandbox = record.sandboxes[0]
  if (sandbox === undefined || !isUsable(pod, sandbox)) return planSandbox(pod, record, sandbox)
  const live: PodRecord = { ...record, containers: record.containers.filter((container) => container.sandboxId === sandbox.id) }
  return [...planEphemeral(pod, record), ...planContainers(pod, record, live, facts)]
}

function isUsable(pod: Pod, sandbox: SandboxRecord): boolean {
  const isOnHostNetwork = pod.spec?.hostNetwork === true
  return sandbox.isReady && sandbox.usesHostNetwork === isOnHostNetwork && (isOnHostNetwork || sandbox.ips.length > 0)
}

/** A sandbox that died takes its containers with it: all start again in a new one, unless none has to. */
function planSandbox(pod: Pod, record: PodRecord, old: SandboxRecord | undefined): readonly Action[] {
  const stop: readonly Action[] = old === undefined ? [] : [{ type: 'stop-sandbox', sandbox: old }]
  const running = record.containers.filter((container) => container.state === 'running')
  const isOver =
    old !== undefined && running.length === 0 && mainContainers(pod).every((container) => hasEndedForGood(pod, record, container))
  if (isOver) return old.isReady ? stop : []
  return [...stop, { type: 'create-sandbox', attempt: old === undefined ? 0 : old.attempt + 1 }]
}

function planContainers(pod: Pod, record: PodRecord, live: PodRecord, facts: PlanFacts): readonly Action[] {
  const inits = pod.spec?.initContainers ?? []
  const areMainsStarted = mainContainers(pod).some((container) => newestOf(live, container.name) !== undefined)
  const actions: Action[] = []
  for (const container of inits) {
    const step = isSidecar(container)
      ? planSidecar(pod, container, record, live, facts)
      : areMainsStarted
        ? { actions: [], isPassed: true }
        : planInit(pod, container, record, live, facts)
    actions.push(...step.actions)
    if (!step.isPassed && !areMainsStarted) return actions
  }
  return [...actions, ...mainContainers(pod).flatMap((container) => planMain(pod, container, record, live, facts))]
}

type Step = { readonly actions: readonly Action[]; readonly isPassed: boolean }

/** A plain init container has to end well before the next one starts. */
function planInit(pod: Pod, container: Container, record: PodRecord, live: PodRecord, facts: PlanFacts): Step {
  const newest = newestOf(live, container.name)
  if (newest === undefined) return { actions: [start(container, 'init', record)], isPassed: false }
  if (newest.state === 'running' || newest.state === 'created') return { actions: [], isPassed: false }
  if (newest.state === 'exited' && newest.exitCode === 0) return { actions: [], isPassed: true }
  if (pod.spec?.restartPolicy === 'Never') return { actions: [], isPassed: false }
  return { actions: restart(container, 'init', newest, facts), isPassed: false }
}

/** A sidecar runs for ever beside the others; the next one starts once it has started. */
function planSidecar(pod: Pod, container: Container, record: PodRecord, live: PodRecord, facts: PlanFacts): Step {
  const newest = newestOf(live, container.name)
  if (isOverForGood(pod, live)) return { actions: [], isPassed: true }
  if (newest === undefined) return { actions: [start(container, 'sidecar', record)], isPassed: false }
  if (newest.state === 'exited' || newest.state === 'unknown')
    return { actions: restart(container, 'sidecar', newest, facts), isPassed: false }
  const kills = killsOf(container, newest, facts)
  return { actions: kills, isPassed: newest.state === 'running' && hasStarted(container, facts) }
}

function planMain(pod: Pod, container: Container, record: PodRecord, live: PodRecord, facts: PlanFacts): readonly Action[] {
  const newest = newestOf(live, container.name)
  if (newest === undefined) return hasEndedForGood(pod, record, container) ? [] : [start(container, 'main', record)]
  if (newest.state === 'running') return killsOf(container, newest, facts)
  if (newest.state === 'created') return []
  return shouldRestart(pod, container, newest) ? restart(container, 'main', newest, facts) : []
}

/** Ephemeral containers start once and are never restarted. */
function planEphemeral(pod: Pod, record: PodRecord): readonly Action[] {
  const missing = (pod.spec?.ephemeralContainers ?? []).filter((container) => newestOf(record, container.name) === undefined)
  return missing.map((container) => ({ type: 'start', container, role: 'ephemeral', restartCount: 0 }))
}

function killsOf(container: Container, record: ContainerRecord, facts: PlanFacts): readonly Action[] {
  const kill = (why: KillReason, message: string): readonly Action[] => [{ type: 'kill', record, container, why, message }]
  if (record.specHash !== facts.specHash(container))
    return kill('changed', `Container ${container.name} definition changed, will be restarted`)
  const probes = facts.probes(container.name)
  if (probes.liveness === 'failure') return kill('liveness', `Container ${container.name} failed liveness probe, will be restarted`)
  if (probes.startup === 'failure') return kill('startup', `Container ${container.name} failed startup probe, will be restarted`)
  return []
}

function start(container: Container, role: ContainerRole, record: PodRecord): Action {
  const last = newestOf(record, container.name)
  return { type: 'start', container, role, restartCount: last === undefined ? 0 : last.restartCount + 1 }
}

function restart(container: Container, role: ContainerRole, ended: ContainerRecord, facts: PlanFacts): readonly Action[] {
  const delayMs = facts.restartDelayMs(ended)
  const untilMs = ended.finishedAtMs + delayMs
  if (delayMs > 0 && facts.nowMs < untilMs) return [{ type: 'back-off', container, delayMs, untilMs }]
  return [{ type: 'start', container, role, restartCount: ended.restartCount + 1 }]
}

/** Whether the container, once ended, is to run again: its own rules first, then its policy, then the pod's. */
function shouldRestart(pod: Pod, container: Container, ended: ContainerRecord): boolean {
  for (const rule of container.restartPolicyRules ?? []) {
    const values = rule.exitCodes?.values ?? []
    const isListed = values.includes(ended.exitCode)
    const isMatch = rule.exitCodes?.operator === 'NotIn' ? !isListed : isListed
    if (rule.action === 'Restart' && isMatch) return true
  }
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always'
  if (policy === 'Always') return true
  return policy === 'OnFailure' && ended.exitCode !== 0
}

function hasEndedForGood(pod: Pod, record: PodRecord, container: Container): boolean {
  const newest = newestOf(record, container.name)
  return newest?.state === 'exited' && !shouldRestart(pod, container, newest)
}

/** No main container will run again: sidecars need not either. */
export function isOverForGood(pod: Pod, record: PodRecord): boolean {
  return mainContainers(pod).every((container) => hasEndedForGood(pod, record, container))
}

function hasStarted(container: Container, facts: PlanFacts): boolean {
  return container.startupProbe === undefined || facts.probes(container.name).startup === 'success'
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always'
}

function mainContainers(pod: Pod): readonly Container[] {
  return pod.spec?.containers ?? []
}
