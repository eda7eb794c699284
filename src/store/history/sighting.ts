/** All that clients saw of the store's content, wherever it was shown to them. */
import type { CallHistory } from './call.ts'
import type { SeenEntry, SeenEvent } from './history.ts'

/** An entry that was shown, in the record `at`. */
export type EntrySighting = { readonly entry: SeenEntry; readonly at: number; readonly where: string }

/** A deletion that was shown. */
export type DeleteSighting = { readonly event: SeenEvent & { readonly type: 'delete' }; readonly at: number; readonly atMs: number }

/** Every entry shown by an answer or an event, in no order. */
export function* entrySightings({ calls, watches }: CallHistory): Generator<EntrySighting> {
  for (const { id, outcome, returnedAt: at } of calls) {
    if (outcome.type !== 'answer') continue
    for (const entry of entriesOf(outcome.answer)) yield { entry, at, where: `the answer to call ${id}` }
  }
  for (const { id, batches } of watches) {
    const where = `watch ${id}`
    for (const { at, events } of batches) {
      for (const event of events) {
        if (event.type === 'put') yield { entry: event.entry, at, where }
        if (event.previous !== undefined) yield { entry: event.previous, at, where }
      }
    }
  }
}

/** Every deletion shown by a watch. */
export function* deleteSightings({ watches }: CallHistory): Generator<DeleteSighting> {
  for (const { batches } of watches) {
    for (const { at, atMs, events } of batches) {
      for (const event of events) if (event.type === 'delete') yield { event, at, atMs }
    }
  }
}

type Answer = Extract<CallHistory['calls'][number]['outcome'], { type: 'answer' }>['answer']

function entriesOf(answer: Answer): readonly SeenEntry[] {
  if (answer.op === 'get') return answer.entry === undefined ? [] : [answer.entry]
  if (answer.op === 'range') return answer.entries
  if (answer.op === 'txn') return answer.seen.filter((entry) => entry !== null)
  return []
}
