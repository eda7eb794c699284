/** Deletes a finished Job once `spec.ttlSecondsAfterFinished` has passed. */
import { Job } from '#kinds/batch/job.kind'
import { isBeingDeleted, refOf } from '#meta/object'
import { ignoreNotFound } from '#meta/status'
import { type Controller, done } from '#reconcile/controller'

export const ttlAfterFinished: Controller<Job> = {
  name: 'ttl-after-finished-controller',
  for: Job,
  async reconcile({ client, clock }, job, signal) {
    const dueInMs = deletionDueInMs(job, clock.nowMs())
    if (dueInMs === undefined) return done
    if (dueInMs > 0) return { afterMs: dueInMs }
    const { uid, ...ref } = refOf(job)
    // The cache may be behind: the server must refuse if the job was replaced or edited since.
    const { resourceVersion } = job.metadata
    await ignoreNotFound(client.delete(Job, ref, { uid, resourceVersion, propagationPolicy: 'Foreground' }, signal))
    return done
  },
}

/** The whole decision, without I/O. Zero or less means now; undefined means never. */
export function deletionDueInMs(job: Job, nowMs: number): number | undefined {
  const ttlSeconds = job.spec.ttlSecondsAfterFinished
  const finishedAt = (job.status?.conditions ?? []).find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )?.lastTransitionTime
  if (isBeingDeleted(job) || ttlSeconds === undefined || finishedAt === undefined) return undefined
  return Date.parse(finishedAt) + ttlSeconds * 1000 - nowMs
}
