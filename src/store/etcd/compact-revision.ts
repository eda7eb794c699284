/** The oldest revision etcd still has. No call tells it, but a watch that would begin at the first revision is refused with it. */
import type { EtcdMembers } from './etcd-members.ts'

const askMsMax = 2000
/** No such key is ever written: the watch is only to be refused. */
const noKey = '\0navarch'

/** Zero if nothing was compacted yet, or no member answered in time. */
export async function findCompactRevision(members: EtcdMembers): Promise<number> {
  const metadata = await members.metadata()
  const call = members.current.watch.watch({ timeoutMs: askMsMax, metadata })
  call.send({ createRequest: { key: noKey, startRevision: 1, rangeEnd: '', prevKv: false, fragment: false } })
  try {
    for await (const { canceled, compactRevision } of call) {
      if (canceled) return compactRevision
    }
  } catch {
    // Whoever asks can do without.
  }
  return 0
}
