import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counter, Registry } from 'prom-client'
import { silentLog } from '#base/env/log'
import { type ServingOptions, serve } from './serving.ts'

async function ask(
  changes: Partial<ServingOptions>,
  path: string,
  headers: Record<string, string> = {},
): Promise<readonly [number, string]> {
  await using serving = await serve({ address: '127.0.0.1', port: freePort, log: silentLog, ...changes })
  const response = await fetch(`http://127.0.0.1:${serving.port}${path}`, { headers })
  return [response.status, await response.text()]
}

/** The system chooses; 0 would turn serving off. */
const freePort = await freePortOf()

async function freePortOf(): Promise<number> {
  const { createServer } = await import('node:net')
  return await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

const broken = [
  { name: 'ping', check: () => undefined },
  { name: 'leader', check: () => 'secret' },
]

test('serving: health is for everyone, and tells which check failed but not why', async () => {
  assert.deepEqual(await ask({}, '/healthz'), [200, 'ok'])
  assert.deepEqual(await ask({ healthChecks: broken }, '/livez'), [
    500,
    '[+]ping ok\n[-]leader failed: reason withheld\nlivez check failed\n',
  ])
  assert.deepEqual(await ask({ healthChecks: broken.slice(0, 1) }, '/readyz?verbose'), [200, '[+]ping ok\nreadyz check passed\n'])
})

test('serving: metrics are for those who are allowed', async () => {
  const metrics = new Registry()
  new Counter({ name: 'things_total', help: 'Things.', registers: [metrics] }).inc()
  const isAllowed = async ({ bearerToken }: { readonly bearerToken: string | undefined }) => bearerToken === 'good'
  assert.equal((await ask({ metrics, isAllowed }, '/metrics'))[0], 401)
  assert.equal((await ask({ metrics, isAllowed }, '/metrics', { authorization: 'Bearer bad' }))[0], 403)
  assert.match((await ask({ metrics, isAllowed }, '/metrics', { authorization: 'Bearer good' }))[1], /things_total 1/)
})

test('serving: what is not there is 404', async () => {
  assert.equal((await ask({}, '/other'))[0], 404)
})
