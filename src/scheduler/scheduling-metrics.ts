/** What the scheduler counts about its own work; `scheduler-metrics.ts` shows it to the world. */
export type AttemptResult = 'scheduled' | 'unschedulable' | 'error'

export interface SchedulingMetrics {
  attempted(profile: string, result: AttemptResult, tookMs: number): void
  bound(attemptCount: number, tookMs: number): void
  preempted(victimCount: number): void
}

export const noMetrics: SchedulingMetrics = { attempted() {}, bound() {}, preempted() {} }
