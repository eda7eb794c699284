/** Whether the answer to a range is what the store held at its revision. */
import { intervalOf } from '../key-range.ts'
import type { RangeRequest } from '../store.ts'
import type { CallAnswer, SeenEntry } from './history.ts'
import { difference, type Timeline } from './timeline.ts'
import type { Rule } from './violation.ts'

/** What is wrong with an answer, before it is known where. */
export type Fault = { readonly rule: Rule; readonly story: string }

/** The first fault of a page; `whole` is all that lay in the range, behind `afterKey`, at the page's revision. */
export function pageFault(
  range: RangeRequest,
  page: Extract<CallAnswer, { op: 'range' }>,
  { whole, timeline }: { readonly whole: readonly SeenEntry[]; readonly timeline: Timeline },
): Fault | undefined {
  const wanted = whole.slice(0, range.limit ?? whole.length)
  return shapeFault(range, page.entries) ?? contentFault(wanted, page, timeline) ?? remainingFault(whole, page)
}

function shapeFault(range: RangeRequest, entries: readonly SeenEntry[]): Fault | undefined {
  const { from, to } = intervalOf(range, range.afterKey)
  if (range.limit !== undefined && entries.length > range.limit) {
    return { rule: 'page', story: `has ${entries.length} entries, though at most ${range.limit} were asked for` }
  }
  for (const [i, { key }] of entries.entries()) {
    if (key < from || (to !== undefined && key >= to)) return { rule: 'page', story: `shows ${key}, which is not in the range` }
    const before = entries[i - 1]
    if (before !== undefined && before.key >= key) return { rule: 'page', story: `shows ${key} after ${before.key}` }
  }
  return undefined
}

function contentFault(
  wanted: readonly SeenEntry[],
  { entries, revision }: Extract<CallAnswer, { op: 'range' }>,
  timeline: Timeline,
): Fault | undefined {
  const shown = new Map(entries.map((entry) => [entry.key, entry]))
  for (const entry of wanted) {
    const fault = entryFault(entry, shown.get(entry.key), revision)
    if (fault !== undefined) return fault
    shown.delete(entry.key)
  }
  const [extra] = shown.values()
  if (extra === undefined) return undefined
  if (timeline.entryAt(extra.key, revision) !== undefined)
    return { rule: 'page', story: `shows ${extra.key}, which belongs to a later page` }
  return { rule: 'returned-key', story: `shows ${extra.key} of revision ${extra.modRevision}, which was not there at revision ${revision}` }
}

/** How a shown entry differs from the one that was there at the revision. */
export function entryFault(entry: SeenEntry, shown: SeenEntry | undefined, revision: number): Fault | undefined {
  const { key, modRevision } = entry
  if (shown === undefined) return { rule: 'lost-write', story: `does not show ${key} of revision ${modRevision} at revision ${revision}` }
  const field = difference(shown, entry)
  if (field === undefined) return undefined
  if (shown.modRevision < modRevision) {
    const story = `shows ${key} of revision ${shown.modRevision} at revision ${revision}, though revision ${modRevision} had replaced it`
    return { rule: 'lost-write', story }
  }
  if (shown.modRevision > revision) {
    return { rule: 'entry', story: `shows ${key} of revision ${shown.modRevision}, which is later than the revision ${revision} read` }
  }
  const [is, was] = field === 'presence' ? [] : [shown[field], entry[field]]
  return { rule: 'entry', story: `shows ${key} of revision ${shown.modRevision} with ${field} ${is}; it was ${was}` }
}

function remainingFault(whole: readonly SeenEntry[], { entries, remaining }: Extract<CallAnswer, { op: 'range' }>): Fault | undefined {
  const rest = whole.length - entries.length
  if (remaining === rest) return undefined
  return { rule: 'page', story: `says that ${remaining} entries remain; it were ${rest}` }
}
