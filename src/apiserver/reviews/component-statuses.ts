/** The components that a server can ask after: its store, and the two that answer on this machine upstream. Only the store is asked. */
import { ComponentStatus } from '#kinds/core/component-status.kind'
import { StatusError } from '#meta/status'
import { valueAnswer } from '../registry/answers.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'

const name = 'etcd-0'

export const componentStatuses: ResourceHandler = (_registry, { info }) => {
  const { apiVersion, kind, listKind } = ComponentStatus
  // Whoever reads this has been answered out of the store.
  const store = { metadata: { name }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] }
  if (info.verb === 'list') return valueAnswer({ kind: listKind, apiVersion, metadata: {}, items: [store] })
  if (info.name === name) return valueAnswer({ kind, apiVersion, ...store })
  // As upstream, which says the singular here.
  const resource = 'componentstatus'
  throw new StatusError(404, 'NotFound', `${resource} ${JSON.stringify(info.name)} not found`, { name: info.name, kind: resource })
}
