/** `navarch store status`, `verify` and `compact`. */
import { jsonLines } from '#client/json-lines'
import type { Transport } from '#client/transport'
import { type VerifyStep, verifyStore } from '#store/snapshot/verify-store'
import { verifySqliteFile } from '#store/sqlite/verify-sqlite-file'
import type { StoreStatus } from '#store/store'
import { StoreError } from '#store/store-error'
import type { Host } from '../local-command.ts'
import { LocalError } from '../settings.ts'
import { hasStore, openTarget, storeDirOf, type Target } from './open-target.ts'
import { countOf, megabytes, showingProgress, type Tell } from './steps.ts'
import type { StoreFlags } from './store-flags.ts'
import { valueDecoder } from './value-formats.ts'

type Run = { readonly host: Host; readonly flags: StoreFlags; readonly signal: AbortSignal }

export async function showStatus({ host, flags, signal }: Run): Promise<number> {
  await using target = await openTarget(host, flags)
  const status = target.type === 'server' ? await statusFrom(target.transport, 'GET', 'status', signal) : await target.store.status(signal)
  host.stdout.write(`${linesOf(target, status).join('\n')}\n`)
  return status.degraded === undefined ? 0 : 1
}

function linesOf(
  { name }: Target,
  { degraded, keyCount, liveBytes, sizeBytes, revision, compactRevision }: StoreStatus,
): readonly string[] {
  return [
    `Store       ${name}`,
    `Health      ${degraded ?? 'well'}`,
    `Objects     ${keyCount.toLocaleString('en')}, ${megabytes(liveBytes)}`,
    `Disk        ${megabytes(sizeBytes)}`,
    `Revision    ${revision}`,
    `Compacted   ${compactRevision}`,
  ]
}

export async function compactStore({ host, flags, signal }: Run): Promise<number> {
  await using target = await openTarget(host, flags)
  const status = await showingProgress(`forgetting the history of ${target.name}`, async () => {
    if (target.type === 'server') return await statusFrom(target.transport, 'POST', 'compact', signal)
    await target.store.compact(await target.store.currentRevision(signal), signal)
    return await target.store.status(signal)
  })
  host.stdout.write(`${linesOf(target, status).join('\n')}\n`)
  return 0
}

async function statusFrom(transport: Transport, method: 'GET' | 'POST', verb: string, signal: AbortSignal): Promise<StoreStatus> {
  const { body } = await transport.request({ method, path: `/navarch/store/${verb}` }, signal)
  if (typeof body !== 'object' || body === null || !('revision' in body))
    throw new LocalError('this API server does not know "navarch store": is it Navarch, and of this version?')
  return body as StoreStatus
}

/** Status 1 where something is wrong; each thing on a line of its own. */
export async function verifyTarget(run: Run): Promise<number> {
  const problems = await problemsOf(run)
  for (const problem of problems) run.host.stdout.write(`${problem}\n`)
  if (problems.length === 0) {
    run.host.stdout.write('Nothing is wrong: everything is as it was written, and every object decodes.\n')
    return 0
  }
  const found = problems.length === 1 ? 'One thing is wrong' : `${problems.length} things are wrong`
  run.host.stderr.write(`Error: ${found}: delete objects that do not decode; restore a snapshot if the file is damaged\n`)
  return 1
}

async function problemsOf({ host, flags, signal }: Run): Promise<readonly string[]> {
  const opened = await openTarget(host, flags).catch((error: unknown) => damageOf(error, flags))
  if ('problems' in opened) return opened.problems
  await using target = opened
  return await showingProgress(`verifying ${target.name}`, async (tell) => {
    const steps = target.type === 'server' ? await stepsFrom(target.transport, signal) : verifyStore(target.store, valueDecoder(), signal)
    return await collected(steps, tell)
  })
}

/** Opening stops at the first damage; looking at the file finds all. What is no damage is not for here. */
function damageOf(error: unknown, flags: StoreFlags): { readonly problems: readonly string[] } {
  const directory = storeDirOf(flags)
  if (!(error instanceof StoreError) || error.reason !== 'Corrupt' || !hasStore(directory)) throw error
  const problems = problemsOfFile(directory)
  return { problems: problems.length > 0 ? problems : [error.message] }
}

function problemsOfFile(directory: string): readonly string[] {
  try {
    return verifySqliteFile(directory)
  } catch {
    // It is too damaged for that: what opening said has to do.
    return []
  }
}

async function stepsFrom(transport: Transport, signal: AbortSignal): Promise<AsyncIterable<VerifyStep>> {
  const bytes = await transport.stream({ method: 'POST', path: '/navarch/store/verify' }, signal)
  return jsonLines(bytes) as AsyncIterable<unknown> as AsyncIterable<VerifyStep>
}

async function collected(steps: AsyncIterable<VerifyStep>, tell: Tell): Promise<readonly string[]> {
  const problems: string[] = []
  for await (const step of steps) {
    if ('problem' in step) problems.push(step.problem)
    else tell(countOf(step.checkedKeys, step.keyCount))
  }
  return problems
}
