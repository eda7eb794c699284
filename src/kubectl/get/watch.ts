/** `kubectl get --watch`: the list, and then every change as it comes. */
import type { WatchFrame } from '#client/transport'
import { statusErrorOf } from '#meta/status'
import type { GetCall } from '../commands/get.ts'
import { CommandError, throwAll } from '../errors.ts'
import type { Printer } from '../print/formats.ts'
import { compactJson } from '../print/json.ts'
import { isTable, type Table, TableText, tableAccept } from '../print/table.ts'
import { getObject, listObjects, watchObjects } from '../resources/access.ts'
import type { Query, Resolved } from '../resources/queries.ts'
import type { AnyObject } from '../resources/unstructured.ts'
import { lookOf, tableOf } from './tables.ts'

/** As wide as the longest type, so that lines that come later fit. */
const eventWidth = 'MODIFIED'.length

type ShowFrame = (type: string, object: unknown) => string

export async function watchForChanges(call: GetCall, { queries, errors }: Resolved, printer: Printer | undefined): Promise<void> {
  throwAll(errors)
  const [query, ...others] = queries
  if (query === undefined || others.length > 0) throw new CommandError('you may only specify a single resource type')
  const show = printer === undefined ? tableFrames(call, query) : objectFrames(call, query, printer)
  const resourceVersion = await showStart(call, query, show, printer === undefined)
  const selectors = query.type === 'collection' ? { labelSelector: query.labelSelector, fieldSelector: query.fieldSelector } : {}
  const place = { ...query, name: query.type === 'object' ? query.name : undefined }
  const accept = printer === undefined ? tableAccept : undefined
  const stop = new AbortController()
  const { requestTimeoutMs } = call.cluster
  using _timer = requestTimeoutMs === 0 ? undefined : call.host.clock.setTimer(requestTimeoutMs, () => stop.abort())
  try {
    for await (const frame of await watchObjects(call.cluster, place, { ...selectors, resourceVersion }, stop.signal, accept)) {
      if (frame.type === 'BOOKMARK') continue
      if (frame.type === 'ERROR') throw errorOfFrame(frame)
      call.out(show(frame.type, frame.object))
    }
  } catch (error) {
    // Time is up: what has come is all.
    if (!stop.signal.aborted) throw error
  }
}

/** What is there before the watch begins; resolves with the revision to go on from. */
async function showStart(call: GetCall, query: Query, show: ShowFrame, isTableWanted: boolean): Promise<string | undefined> {
  const { cluster, flags } = call
  const start =
    query.type === 'object'
      ? await getObject(cluster, query)
      : await listObjects(cluster, query.resource, query.namespace, {
          labelSelector: query.labelSelector,
          fieldSelector: query.fieldSelector,
        })
  const { resourceVersion } = start.metadata ?? {}
  if (flags['watch-only']) return resourceVersion
  if (isTableWanted) {
    const table = await tableOf(call, query)
    if (table.rows.length > 0) call.out(show('ADDED', { ...table, kind: 'Table' }))
  } else {
    const objects = query.type === 'object' ? [start] : ((start as { readonly items?: readonly AnyObject[] }).items ?? [])
    for (const object of objects) call.out(show('ADDED', object))
  }
  return resourceVersion
}

function tableFrames(call: GetCall, { resource }: Query): ShowFrame {
  const text = new TableText(lookOf(call, resource, false))
  return (type, object) => {
    if (!isTable(object)) return ''
    return text.format(object as Table, call.flags['output-watch-events'] ? { header: 'EVENT', cell: type.padEnd(eventWidth) } : undefined)
  }
}

function objectFrames({ flags }: GetCall, { resource }: Query, print: Printer): ShowFrame {
  return (type, object) => {
    if (flags['output-watch-events'] && flags.output === 'json') {
      // A line an event, whole, for programs that read it.
      return `{"type":${JSON.stringify(type)},"object":${compactJson(object)}}\n`
    }
    const event = { type, object } as unknown as AnyObject
    return flags['output-watch-events'] ? print({ object: event }) : print({ object: object as AnyObject, resource })
  }
}

function errorOfFrame(frame: WatchFrame): Error {
  const status = frame.object as { readonly kind?: string }
  return status.kind === 'Status'
    ? statusErrorOf(status as Parameters<typeof statusErrorOf>[0], 500)
    : new CommandError(`unexpected watch event: ${compactJson(frame.object)}`)
}
