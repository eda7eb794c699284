/**
 * Quotas: what a write adds is charged to the status of the namespace's quotas before it is made. The writes of one
 * namespace are charged one after the other, and each charge is a compare-and-swap, so that no two use the same room.
 */
import { ResourceQuota } from '#kinds/core/resource-quota.kind'
import type { Kind } from '#meta/kind'
import { hasReason } from '#meta/status'
import { type Admission, type AdmissionDeps, type AdmissionPlugin, type Operation, refusal } from '../plugin.ts'
import { charge } from './charge.ts'

export function resourceQuota(): AdmissionPlugin {
  const queues = new NamespaceQueues()
  return {
    name: 'ResourceQuota',
    operations: ['CREATE', 'UPDATE'],
    subresources: ['', 'resize'],
    async validate(admission, deps, signal) {
      const { kind, operation, subresource, namespace } = admission
      if (namespace === '' || !canRaise(kind, operation, subresource)) return
      if (deps.state.list(ResourceQuota, namespace).length === 0) return
      await queues.run(namespace, () => chargeQuotas(admission, deps, signal))
    },
  }
}

/** Whether the write can raise the usage of its kind: most kinds count by being there. */
function canRaise(kind: Kind, operation: Operation, subresource: string): boolean {
  if (operation === 'CREATE') return subresource === ''
  if (operation !== 'UPDATE' || kind.group !== '') return false
  if (kind.plural === 'pods') return subresource === 'resize'
  return subresource === '' && (kind.plural === 'services' || kind.plural === 'persistentvolumeclaims')
}

/** Others (the quota controller) write the status too. */
const attemptsMax = 10

async function chargeQuotas(admission: Admission, { state, client }: AdmissionDeps, signal: AbortSignal): Promise<void> {
  const charged = new Set<string | undefined>()
  for (let attempt = 1; ; attempt++) {
    const open = state.list(ResourceQuota, admission.namespace).filter(({ metadata }) => !charged.has(metadata.name))
    const outcome = charge(open, admission)
    if (outcome.kind === 'refused') throw refusal(admission, outcome.why)
    // A dry run shows whether there is room, and takes none.
    if (admission.isDryRun) return
    try {
      for (const quota of outcome.quotas) {
        await client.updateStatus(ResourceQuota, quota, signal)
        charged.add(quota.metadata.name)
      }
      return
    } catch (error) {
      if (attempt === attemptsMax || !hasReason(error, 'Conflict', 'NotFound')) throw error
    }
  }
}

/** Runs the tasks of one namespace one after the other. */
class NamespaceQueues {
  readonly #last = new Map<string, Promise<void>>()

  async run(namespace: string, task: () => Promise<void>): Promise<void> {
    const before = this.#last.get(namespace) ?? Promise.resolve()
    const mine = before.then(task)
    // The next one starts whatever became of this one.
    const settled = mine.catch(() => {})
    this.#last.set(namespace, settled)
    try {
      await mine
    } finally {
      if (this.#last.get(namespace) === settled) this.#last.delete(namespace)
    }
  }
}
