/**
 * What watches promise, checked against the log: the nine properties that etcd's robustness tests name (ordered, unique, atomic, reliable,
 * resumable, bookmarkable, previous value, is-create, filter), and that a watch gets on when asked.
 */
import type { CallHistory, Delivery, WatchRun } from './call.ts'
import type { SeenEvent } from './history.ts'
import { type Change, difference, type Timeline } from './timeline.ts'
import type { Rule, Violation } from './violation.ts'

/** Checks every watch of the history; of each, the first violation of every rule is told. */
export function checkWatches({ watches }: CallHistory, timeline: Timeline): Violation[] {
  return watches.flatMap((watch) => new WatchCheck(watch, timeline).run())
}

class WatchCheck {
  readonly #watch: WatchRun
  readonly #timeline: Timeline
  readonly #violations = new Map<Rule, Violation>()

  constructor(watch: WatchRun, timeline: Timeline) {
    this.#watch = watch
    this.#timeline = timeline
  }

  run(): Violation[] {
    const { batches, stuck } = this.#watch
    this.#checkOrder()
    this.#checkProgress()
    for (const batch of batches) for (const event of batch.events) this.#checkEvent(event, batch)
    this.#checkComplete()
    if (stuck !== undefined)
      this.#violate('watch-stuck', stuck.at, `did not come to revision ${stuck.revision}, though it was asked and given time`)
    return [...this.#violations.values()]
  }

  #checkOrder(): void {
    const seen = new Set<string>()
    const batchOf = new Map<number, Delivery>()
    let last = 0
    for (const batch of this.#watch.batches) {
      for (const { key, revision } of batch.events) {
        const name = `${revision} ${key}`
        if (seen.has(name)) this.#violate('watch-unique', batch.at, `tells the change of ${key} under revision ${revision} twice`)
        else if (revision < last) this.#violate('watch-ordered', batch.at, `tells revision ${revision} after revision ${last}`)
        seen.add(name)
        last = Math.max(last, revision)
        const first = batchOf.get(revision)
        if (first !== undefined && first !== batch) this.#violate('watch-atomic', batch.at, `tells revision ${revision} in two batches`)
        batchOf.set(revision, batch)
      }
    }
  }

  #checkProgress(): void {
    let told = 0
    for (const { at, events, revision } of this.#watch.batches) {
      for (const event of events) {
        const where = `${event.key} of revision ${event.revision}`
        if (event.revision <= told)
          this.#violate('watch-bookmarkable', at, `tells ${where} after it had said that all up to ${told} was told`)
        if (event.revision > revision)
          this.#violate('watch-bookmarkable', at, `tells ${where} in a batch that ends at revision ${revision}`)
      }
      if (revision < told) this.#violate('watch-bookmarkable', at, `says it stands at revision ${revision} after it stood at ${told}`)
      told = Math.max(told, revision)
    }
  }

  #checkEvent(event: SeenEvent, { at }: Delivery): void {
    const { prefix, afterRevision } = this.#watch.request
    const { key, revision } = event
    if (!key.startsWith(prefix)) this.#violate('watch-filter', at, `of ${prefix} tells of ${key}`)
    if (afterRevision !== undefined && revision <= afterRevision) {
      this.#violate('watch-resumable', at, `after revision ${afterRevision} tells of revision ${revision}`)
    }
    const before = this.#timeline.entryAt(key, revision - 1)
    if (difference(event.previous, before) !== undefined) {
      this.#violate(
        'watch-previous',
        at,
        `says that ${key} was ${seen(event.previous)} before revision ${revision}; it was ${seen(before)}`,
      )
    }
    if (event.type === 'put') this.#checkPut(event, at)
  }

  #checkPut({ key, revision, entry, previous }: SeenEvent & { type: 'put' }, at: number): void {
    const isCreate = entry.createRevision === revision
    const wasAbsent = this.#timeline.entryAt(key, revision - 1) === undefined
    const story = `says that revision ${revision} ${isCreate ? 'made' : 'changed'} ${key}, which was ${wasAbsent ? 'not ' : ''}there before`
    if (isCreate !== wasAbsent || isCreate !== (previous === undefined)) return this.#violate('watch-create', at, story)
    const log = this.#timeline.entryAt(key, revision)
    const field = difference(entry, log)
    if (log !== undefined && field !== undefined && field !== 'presence') {
      this.#violate('entry', at, `tells of ${key} under revision ${revision} with ${field} ${entry[field]}; it was ${log[field]}`)
    }
  }

  /** Nothing is missing between where the watch began and where it last said it stood. */
  #checkComplete(): void {
    const { batches, request } = this.#watch
    const told = new Map<string, number>()
    for (const { events, revision } of batches) for (const event of events) told.set(`${event.revision} ${event.key}`, revision)
    let after = this.#start()
    if (after === undefined) return
    const start = after
    for (const { at, events, revision } of batches) {
      for (const change of this.#changes(after, revision)) {
        if (told.has(`${change.revision} ${change.key}`)) continue
        const isPart = events.some((event) => event.revision === change.revision)
        const missing = `${change.entry === undefined ? 'the deletion' : 'the writing'} of ${change.key} under revision ${change.revision}`
        if (isPart) this.#violate('watch-atomic', at, `tells a part of revision ${change.revision} only: ${missing} is missing`)
        else if (after === start)
          this.#violate('watch-resumable', at, `opened after revision ${request.afterRevision}: ${missing} is missing`)
        else this.#violate('watch-reliable', at, `says that all up to revision ${revision} was told: ${missing} is missing`)
      }
      after = Math.max(after, revision)
    }
  }

  /** Where the watch began: as it was asked, or where it said it stood first. */
  #start(): number | undefined {
    const { request, batches } = this.#watch
    if (request.afterRevision !== undefined) return request.afterRevision
    const [first] = batches
    return first && Math.min(first.revision, ...first.events.map(({ revision }) => revision - 1))
  }

  #changes(after: number, upTo: number): Change[] {
    const { prefix } = this.#watch.request
    return this.#timeline.changesBetween(after, upTo).filter(({ key }) => key.startsWith(prefix))
  }

  #violate(rule: Rule, at: number, story: string): void {
    if (!this.#violations.has(rule)) this.#violations.set(rule, { rule, at, story: `watch ${this.#watch.id} ${story}` })
  }
}

function seen(entry: SeenEvent['previous']): string {
  return entry === undefined ? 'absent' : `${JSON.stringify(entry.value)} of revision ${entry.modRevision} (version ${entry.version})`
}
