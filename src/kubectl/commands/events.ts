/** `kubectl events`: what happened, the newest last. */
import { boolFlag, intFlag, listFlag, stringFlag } from '#component/flags'
import type { Event } from '#kinds/core/types.gen'
import { type Call, defineCommand } from '../command.ts'
import { collection } from '../describe/collections.ts'
import { intervalOf } from '../describe/events.ts'
import { CommandError, unprefixed } from '../errors.ts'
import { formatFlags, type Printer, printerOf } from '../print/formats.ts'
import { inTypedOrder } from '../print/metadata-order.ts'
import { TabWriter, tableOptions } from '../print/tab-writer.ts'
import { listObjects, watchObjects } from '../resources/access.ts'
import { resourceNamed } from '../resources/queries.ts'
import type { AnyObject } from '../resources/unstructured.ts'

const eventFlags = {
  ...formatFlags,
  'all-namespaces': boolFlag(false, 'Look in all namespaces.', { shorthand: 'A' }),
  'chunk-size': intFlag(500, 'Ask for long lists in pieces of this size; 0 for all at once.'),
  for: stringFlag('', 'Only events about this object: TYPE/NAME.'),
  'no-headers': boolFlag(false, 'Leave the header out.'),
  types: listFlag([], 'Only events of these types: Normal, Warning.'),
  watch: boolFlag(false, 'After the list, go on with every new event.', { shorthand: 'w' }),
}

type EventCall = Call<typeof eventFlags>

const events = collection<Event>('events')

export const eventsCommand = defineCommand({
  name: 'events',
  summary: 'Display events',
  examples: [
    ['What happened in the current namespace', 'kubectl events'],
    ['What happened to a pod, and what happens', 'kubectl events --for pod/web-pod-13je7 --watch'],
    ['Warnings only', 'kubectl events --types=Warning'],
  ],
  usage: '[(-o|--output=)json|yaml|name|go-template|jsonpath] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  flags: eventFlags,
  async run(call) {
    const { flags, cluster, out, err } = call
    for (const type of flags.types)
      if (!['normal', 'warning'].includes(type.toLowerCase())) throw new CommandError('valid --types are Normal or Warning')
    const print = await printerOf(flags)
    const namespace = flags['all-namespaces'] ? undefined : (await cluster.namespace()).name
    const fieldSelector = await selectorOf(call)
    const list = await listObjects(cluster, events, namespace, { fieldSelector, limit: flags['chunk-size'] || undefined })
    const found = (list.items ?? [])
      .map(events.decode)
      .filter((event) => isWanted(call, event))
      .toSorted((a, b) => timeMs(a) - timeMs(b))
    const table = new EventTable(call)
    if (found.length === 0 && !flags.watch)
      return err(namespace === undefined ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`)
    out(print === undefined ? table.format(found) : print({ object: eventList(found), keepsOrder: true }))
    if (flags.watch) await follow(call, { namespace, fieldSelector, resourceVersion: list.metadata?.resourceVersion }, table, print)
  },
})

async function selectorOf(call: EventCall): Promise<string | undefined> {
  const [type = '', name] = call.flags.for.split('/')
  if (type === '') return undefined
  if (!name) throw new CommandError('--for must be in resource/name form')
  const { kind } = await unprefixed(resourceNamed(call, type))
  return `involvedObject.kind=${kind},involvedObject.name=${name}`
}

function isWanted({ flags }: EventCall, { type = '' }: Event): boolean {
  return flags.types.length === 0 || flags.types.some((wanted) => wanted.toLowerCase() === type.toLowerCase())
}

function timeMs({ series, lastTimestamp, eventTime }: Event): number {
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime
  return time === undefined || time === null ? 0 : Date.parse(time)
}

function eventList(items: readonly Event[]): AnyObject {
  return { kind: 'EventList', apiVersion: 'v1', metadata: {}, items: items.map((event) => inTypedOrder({ ...event })) }
}

type Start = {
  readonly namespace: string | undefined
  readonly fieldSelector: string | undefined
  readonly resourceVersion: string | undefined
}

async function follow(call: EventCall, { namespace, ...query }: Start, table: EventTable, print: Printer | undefined): Promise<void> {
  for await (const { type, object } of await watchObjects(call.cluster, { resource: events, namespace }, query, call.signal)) {
    if (type === 'ERROR') throw new CommandError('the watch of events ended')
    const event = events.decode(object)
    if (type === 'BOOKMARK' || type === 'DELETED' || !isWanted(call, event)) continue
    call.out(print === undefined ? table.format([event]) : print({ object: object as AnyObject }))
  }
}

/** The header comes once; columns stay as wide as they were. */
class EventTable {
  readonly #call: EventCall
  readonly #writer = new TabWriter(tableOptions)
  #hasHeader = false

  constructor(call: EventCall) {
    this.#call = call
  }

  format(found: readonly Event[]): string {
    const { flags, host } = this.#call
    const showsNamespace = flags['all-namespaces']
    const header = [...(showsNamespace ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
    const rows = found.map((event) => {
      const { metadata, type = '', reason = '', involvedObject, message = '' } = event
      const object = `${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`
      const cells = [intervalOf(event, host.clock.nowMs()), type, reason, object, message.trim()]
      return showsNamespace ? [metadata.namespace ?? '', ...cells] : cells
    })
    const lines = this.#hasHeader || flags['no-headers'] ? rows : [header, ...rows]
    this.#hasHeader = true
    return this.#writer.format(lines.map((cells) => `${cells.join('\t')}\n`).join(''))
  }
}
