/** The scheduler's metrics under upstream's names. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Scheduler } from './create-scheduler.ts'
import type { AttemptResult, SchedulingMetrics } from './scheduling-metrics.ts'

const powersOfTwo = (first: number, count: number) => Array.from({ length: count }, (_, index) => first * 2 ** index)

export class SchedulerMetrics implements SchedulingMetrics {
  readonly registry = new Registry()
  readonly #attempts = new Counter({
    name: 'scheduler_schedule_attempts_total',
    help: 'Attempts to schedule pods, by what came of them.',
    labelNames: ['result', 'profile'],
    registers: [this.registry],
  })
  readonly #attemptSeconds = new Histogram({
    name: 'scheduler_scheduling_attempt_duration_seconds',
    help: 'How long decisions took.',
    labelNames: ['result', 'profile'],
    buckets: powersOfTwo(0.001, 15),
    registers: [this.registry],
  })
  readonly #podAttempts = new Histogram({
    name: 'scheduler_pod_scheduling_attempts',
    help: 'How many attempts a pod took until it was bound.',
    buckets: [1, 2, 4, 8, 16],
    registers: [this.registry],
  })
  readonly #podSeconds = new Histogram({
    name: 'scheduler_pod_scheduling_sli_duration_seconds',
    help: 'From the first sight of a pod until it was bound.',
    labelNames: ['attempts'],
    buckets: powersOfTwo(0.01, 20),
    registers: [this.registry],
  })
  readonly #victims = new Histogram({
    name: 'scheduler_preemption_victims',
    help: 'How many pods had to go for another one.',
    buckets: powersOfTwo(1, 7),
    registers: [this.registry],
  })

  /** Shows how many pods wait, whenever somebody asks. */
  follow(scheduler: Scheduler): void {
    new Gauge({
      name: 'scheduler_pending_pods',
      help: 'Pods that wait, by the part of the queue.',
      labelNames: ['queue'],
      registers: [this.registry],
      collect() {
        for (const [queue, count] of Object.entries(scheduler.queueCounts())) if (queue !== 'taken') this.set({ queue }, count)
      },
    })
  }

  attempted(profile: string, result: AttemptResult, tookMs: number): void {
    this.#attempts.inc({ result, profile })
    this.#attemptSeconds.observe({ result, profile }, tookMs / 1000)
  }

  bound(attemptCount: number, tookMs: number): void {
    this.#podAttempts.observe(attemptCount)
    this.#podSeconds.observe({ attempts: attemptCount >= 16 ? '16+' : String(attemptCount) }, tookMs / 1000)
  }

  preempted(victimCount: number): void {
    this.#victims.observe(victimCount)
  }
}
