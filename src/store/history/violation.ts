/** What a checker finds wrong, in words. */

/** What was promised and not kept. */
export type Rule =
  /** Two writes were told the same revision. */
  | 'revision-reused'
  /** A write was told a revision that is not above all that was known before it began. */
  | 'revision-order'
  /** Something was answered of a revision that nobody can have made yet. */
  | 'future-revision'
  /** Something is seen that nobody wrote, or was deleted by nobody. */
  | 'unwritten'
  /** A write that was refused, or that lost its comparison, is seen all the same. */
  | 'refused-write'
  /** One write took effect under several revisions. */
  | 'written-twice'
  /** A transaction took effect though a comparison did not hold. */
  | 'compare'
  /** A transaction was refused though all comparisons held. */
  | 'conflict'
  /** What a transaction says it replaced or found is not what was there. */
  | 'previous'
  /** A read began after something was known and does not show it. */
  | 'stale-read'
  /** A key that is there is not shown, or in an older version. */
  | 'lost-write'
  /** A key is shown that was deleted. */
  | 'returned-key'
  /** An entry is shown with the wrong value, version, create revision or lease. */
  | 'entry'
  /** A page is not sorted, not within its range, longer than asked, or tells the wrong number of remaining entries. */
  | 'page'
  | 'count'
  /** A compacted revision was read. */
  | 'compacted-read'
  /** A revision is said to be compacted, or not there yet, and is not so. */
  | 'wrongly-compacted'
  | 'wrongly-future'
  | 'lease-early'
  | 'lease-late'
  | 'lease-revoked'
  | 'lease-split'
  | 'watch-ordered'
  | 'watch-unique'
  | 'watch-atomic'
  | 'watch-reliable'
  | 'watch-resumable'
  | 'watch-bookmarkable'
  | 'watch-previous'
  | 'watch-create'
  | 'watch-filter'
  | 'watch-stuck'
  | 'not-linearizable'

/** One promise broken: which, where in the history (the number of the record, from 0), and the story. */
export type Violation = { readonly rule: Rule; readonly at: number; readonly story: string }

/** The violations as lines, in the order of the history, the first ones only. */
export function describe(violations: readonly Violation[], countMax = 20): string {
  const lines = violations
    .toSorted((a, b) => a.at - b.at)
    .slice(0, countMax)
    .map(({ rule, at, story }) => `record ${at}: ${rule}: ${story}`)
  if (violations.length > countMax) lines.push(`and ${violations.length - countMax} more`)
  return lines.join('\n')
}
