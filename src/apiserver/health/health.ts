/** `/healthz`, `/livez`, `/readyz`: named checks, one by one or all together, some left out on request. */
import type { Answer, IncomingRequest } from '../exchange.ts'

export type HealthCheck = {
  readonly name: string
  /** Which of the paths ask it. */
  readonly paths: readonly HealthPath[]
  /** Undefined if all is well, otherwise what is wrong. */
  readonly check: () => string | undefined | Promise<string | undefined>
}

export type HealthPath = 'healthz' | 'livez' | 'readyz'

const healthPaths: readonly HealthPath[] = ['healthz', 'livez', 'readyz']
const encoder = new TextEncoder()

/** Undefined for paths that are not about health. */
export function healthPathOf(path: string): HealthPath | undefined {
  return healthPaths.find((one) => path === `/${one}` || path.startsWith(`/${one}/`))
}

/** Undefined for paths that are not about health. */
export async function healthAnswer(checks: readonly HealthCheck[], request: IncomingRequest): Promise<Answer | undefined> {
  const path = healthPathOf(request.path)
  const [, ...rest] = request.path.split('/').filter((part) => part !== '')
  if (path === undefined) return undefined
  const wanted = checks.filter((check) => check.paths.includes(path))
  if (rest.length === 0) return await answerAll(path, wanted, request.query)
  const one = wanted.find(({ name }) => name === rest.join('/'))
  return one === undefined ? undefined : await answerOne(one)
}

async function answerAll(path: HealthPath, checks: readonly HealthCheck[], query: URLSearchParams): Promise<Answer> {
  const excluded = new Set(query.getAll('exclude'))
  const lines: string[] = []
  let isWell = true
  for (const { name, check } of checks) {
    if (excluded.delete(name)) lines.push(`[+]${name} excluded: ok`)
    else if ((await check()) === undefined) lines.push(`[+]${name} ok`)
    else {
      isWell = false
      // As upstream: reasons are for the log, not for whoever asks.
      lines.push(`[-]${name} failed: reason withheld`)
    }
  }
  if (excluded.size > 0)
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${[...excluded].map((name) => JSON.stringify(name)).join(', ')}`,
    )
  if (!isWell) return text(500, `${lines.join('\n')}\n${path} check failed\n`)
  return text(200, query.has('verbose') ? `${lines.join('\n')}\n${path} check passed\n` : 'ok')
}

async function answerOne({ check }: HealthCheck): Promise<Answer> {
  const problem = await check()
  // As upstream: what is well is told without the header that goes with the others.
  return problem === undefined ? { ...text(200, 'ok'), headers: {} } : text(500, `internal server error: ${problem}\n`)
}

function text(status: number, body: string): Answer {
  const headers = { 'x-content-type-options': 'nosniff' }
  return { status, headers, body: { kind: 'bytes', contentType: 'text/plain; charset=utf-8', bytes: encoder.encode(body) } }
}
