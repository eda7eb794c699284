/** Lets go of pods whose job is gone or finished: nobody counts them any more, so nothing may keep them. */
import { Job } from '#kinds/batch/job.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { controllerOf, keyOf, refOf } from '#meta/object'
import { type Controller, type ControllerDeps, controllerUidIndex, done, indexOn, watching } from '#reconcile/controller'
import { untrack } from './controller.ts'
import { isTracked } from './job-pod.ts'
import { isManagedElsewhere } from './plan.ts'
import { isFinishedJob } from './verdict.ts'

export const orphanPodsController: Controller<Pod> = {
  name: 'job-orphan-pods',
  for: Pod,
  watches: [watching(Job, keysOfPods)],
  indexes: [indexOn(Pod, controllerUidIndex, (pod) => [controllerOf(pod)?.uid ?? ''])],
  async reconcile(deps, pod, signal) {
    if (isTracked(pod) && isOrphan(jobOf(pod, (key) => deps.cache(Job).get(key)))) await untrack(deps, pod, signal)
    return done
  },
}

function keysOfPods(job: Job, _old: Job | undefined, { cache }: ControllerDeps): readonly string[] {
  const pods = cache(Pod).byIndex(controllerUidIndex, job.metadata.uid ?? '')
  return pods.filter(isTracked).map((pod) => keyOf(refOf(pod)))
}

function jobOf(pod: Pod, read: (key: string) => Job | undefined): Job | undefined {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'Job') return undefined
  const job = read(keyOf({ namespace: pod.metadata.namespace, name: owner.name }))
  return job?.metadata.uid === owner.uid ? job : undefined
}

/** A job of another controller counts its own pods. */
function isOrphan(job: Job | undefined): boolean {
  return job === undefined || (isFinishedJob(job) && !isManagedElsewhere(job))
}
