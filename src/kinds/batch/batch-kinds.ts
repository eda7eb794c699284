/** The kinds of the group batch, in the order of their names. */
import type { Kind } from '#meta/kind'
import { CronJob } from './cron-job.kind.ts'
import { Job } from './job.kind.ts'

export const batchKinds: readonly Kind[] = [CronJob, Job]
