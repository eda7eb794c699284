/** `/metrics/slis`: how each health check went whenever somebody asked, so that objectives for the service can be held against it. */
import { Counter, Gauge, Registry } from 'prom-client'
import type { Answer, IncomingRequest } from '../exchange.ts'
import type { Route } from '../serve/dispatch.ts'
import type { HealthCheck, HealthPath } from './health.ts'

export interface HealthIndicators {
  /** The checks of one path, each of which is noted when it is made. */
  noted(checks: readonly HealthCheck[], path: HealthPath): readonly HealthCheck[]
  readonly route: Route
}

export function healthIndicators(): HealthIndicators {
  const registry = new Registry()
  const registers = [registry]
  const state = new Gauge({
    name: 'kubernetes_healthcheck',
    help: 'Whether a health check passed when it was last made.',
    registers,
    labelNames: ['name', 'type'],
  })
  const total = new Counter({
    name: 'kubernetes_healthchecks_total',
    help: 'Health checks that were made, by outcome.',
    registers,
    labelNames: ['name', 'status', 'type'],
  })

  function note(name: string, type: HealthPath, isWell: boolean): void {
    state.set({ name, type }, isWell ? 1 : 0)
    total.inc({ name, type, status: isWell ? 'success' : 'error' })
  }

  const noted = (checks: readonly HealthCheck[], path: HealthPath): readonly HealthCheck[] =>
    checks.map((one) => ({
      ...one,
      check: async () => {
        const problem = await one.check()
        note(one.name, path, problem === undefined)
        return problem
      },
    }))

  async function answer({ method }: IncomingRequest): Promise<Answer> {
    if (method === 'DELETE') return reset()
    const bytes = new TextEncoder().encode(await registry.metrics())
    const contentType = `${registry.contentType}; escaping=underscores`
    return { status: 200, body: { kind: 'bytes', contentType, bytes } }
  }

  function reset(): Answer {
    registry.resetMetrics()
    const bytes = new TextEncoder().encode('metrics reset\n')
    return { status: 200, body: { kind: 'bytes', contentType: 'text/plain; charset=utf-8', bytes } }
  }
  return { noted, route: ({ request }) => (request.path === '/metrics/slis' ? answer(request) : undefined) }
}
