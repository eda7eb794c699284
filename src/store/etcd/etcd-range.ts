/** Reading a range from etcd in pages of bounded size. */
import type { Entry, RangeRequest, RangeResult } from '../store.ts'
import { isStoreError } from '../store-error.ts'
import { entryOf, etcdIntervalOf } from './etcd-entry.ts'
import type { EtcdMembers } from './etcd-members.ts'
import type { EtcdRangeResponse } from './etcd-rpc.ts'

const pageLengthFirst = 500
const pageLengthMax = 10_000
/** What a page should come to, judged by the one before. */
const pageBytes = 4 << 20
/** How often a range may begin anew because its revision was compacted while it was read. */
const attemptsMax = 3

/** Fails with what etcd says; a read of the newest state begins anew when that is compacted away under it. */
export async function readRange(members: EtcdMembers, request: RangeRequest, signal?: AbortSignal): Promise<RangeResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readPages(members, request, signal)
    } catch (error) {
      const isRepeatable = request.atRevision === undefined && isStoreError(error, 'Compacted')
      if (!isRepeatable || attempt === attemptsMax) throw error
    }
  }
}

async function readPages(members: EtcdMembers, request: RangeRequest, signal?: AbortSignal): Promise<RangeResult> {
  const limit = request.limit ?? Number.POSITIVE_INFINITY
  const entries: Entry[] = []
  let revision = request.atRevision ?? 0
  let afterKey = request.afterKey
  for (let pageLength = pageLengthFirst; ; ) {
    const wanted = Math.min(pageLength, limit - entries.length)
    const page = await readPage(members, { ...etcdIntervalOf(request, afterKey), limit: wanted, revision }, signal)
    if (revision === 0) revision = page.header?.revision ?? 0
    for (const kv of page.kvs) entries.push(entryOf(kv))
    const remaining = page.count - page.kvs.length
    if (remaining === 0 || entries.length >= limit || page.kvs.length === 0) return { entries, revision, remaining }
    afterKey = entries.at(-1)?.key
    pageLength = nextPageLength(page, wanted)
  }
}

function readPage(
  members: EtcdMembers,
  page: { readonly key: string; readonly rangeEnd: string; readonly limit: number; readonly revision: number },
  signal?: AbortSignal,
): Promise<EtcdRangeResponse> {
  return members.read((member, options) => member.kv.range(page, options), signal)
}

function nextPageLength({ kvs }: EtcdRangeResponse, length: number): number {
  const bytes = kvs.reduce((sum, { value }) => sum + value.length, 0)
  const fitting = Math.floor((pageBytes * kvs.length) / Math.max(bytes, 1))
  return Math.max(1, Math.min(fitting, 4 * length, pageLengthMax))
}
