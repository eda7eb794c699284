/** Says in the status of each flow schema whether its priority level exists. */
import { rfc3339 } from '#base/env/clock'
import type { Client } from '#client/client'
import { FlowSchema } from '#kinds/flowcontrol/flow-schema.kind'
import { PriorityLevelConfiguration } from '#kinds/flowcontrol/priority-level-configuration.kind'
import { ignoreNotFound } from '#meta/status'
import type { StateReader } from '../exchange.ts'
import { type LookAfterDeps, lookAfter } from '../look-after.ts'

type DanglingSchemasDeps = LookAfterDeps & { readonly client: Client; readonly state: StateReader }

/** Works until it is disposed. */
export function markDanglingSchemas(deps: DanglingSchemasDeps): Disposable {
  const look = async (signal: AbortSignal) => await markAll(deps, signal)
  return lookAfter(deps, {
    kinds: [FlowSchema, PriorityLevelConfiguration],
    look,
    failure: 'the status of a flow schema could not be written',
  })
}

async function markAll({ client, clock, state }: DanglingSchemasDeps, signal: AbortSignal): Promise<void> {
  const levels = new Set(state.list(PriorityLevelConfiguration).map(({ metadata }) => metadata.name))
  for (const schema of state.list(FlowSchema)) {
    const body = danglingStatus(schema, levels.has(schema.spec.priorityLevelConfiguration.name), clock.nowMs())
    if (body === undefined) continue
    const patch = { type: 'apply', body, fieldManager: 'api-priority-and-fairness-config-consumer-v1', force: true } as const
    await ignoreNotFound(client.patch(FlowSchema, { name: schema.metadata.name ?? '' }, { ...patch, subresource: 'status' }, signal))
  }
}

/** What is to be applied to the schema; undefined where its status says so already. */
export function danglingStatus(
  { apiVersion, kind, metadata, spec, status }: FlowSchema,
  isThere: boolean,
  nowMs: number,
): object | undefined {
  const what = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(spec.priorityLevelConfiguration.name)}`
  const wanted = isThere
    ? { status: 'False', reason: 'Found', message: `${what} and it exists` }
    : { status: 'True', reason: 'NotFound', message: `${what} but there is no such object` }
  const found = status?.conditions?.find(({ type }) => type === 'Dangling')
  if (found?.status === wanted.status && found.reason === wanted.reason && found.message === wanted.message) return undefined
  const isTurned = found?.status !== wanted.status
  const lastTransitionTime = isTurned ? rfc3339(nowMs) : (found.lastTransitionTime ?? rfc3339(nowMs))
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name },
    status: { conditions: [{ type: 'Dangling', ...wanted, lastTransitionTime }] },
  }
}
