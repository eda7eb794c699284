import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '#meta/status'
import type { Answer, Exchange } from '../exchange.ts'
import { debugRoute } from './debug-routes.ts'
import type { Route } from './dispatch.ts'
import { documentRoute, indexRoute, versionRoute } from './fixed-routes.ts'
import { versionInfo } from './version.ts'

const keys = documentRoute({ path: '/openid/v1/jwks', contentType: 'application/jwk-set+json', body: () => '{}' })
const version = versionRoute(versionInfo('linux/amd64'))
const index = indexRoute({ groups: () => [], checks: [{ name: 'ping', paths: ['livez'], check: () => undefined }], others: ['/metrics'] })

async function answerOf(route: Route, path: string, { method = 'GET', accept = '*/*' } = {}): Promise<Answer | undefined> {
  const request = { path, method, query: new URLSearchParams(), headers: { accept } }
  return await route({ request, warnings: [] } as unknown as Exchange)
}

for (const [why, route, path, options, want] of [
  ['keys', keys, '/openid/v1/jwks', { accept: 'application/jwk-set+json' }, 200],
  ['keys with a slash behind', keys, '/openid/v1/jwks/', {}, 200],
  ['keys as an object', keys, '/openid/v1/jwks', { accept: 'application/json' }, 406],
  ['below the keys', keys, '/openid/v1/jwks/x', {}, 404],
  ['head of the keys', keys, '/openid/v1/jwks', { method: 'HEAD' }, 405],
  ['another path', keys, '/openid/v1', {}, undefined],
  ['version', version, '/version', {}, 200],
  ['version as YAML', version, '/version', { accept: 'application/yaml' }, 406],
  ['below the version', version, '/version/x', {}, 404],
  ['a new version', version, '/version', { method: 'POST' }, 405],
  ['index', index, '/', {}, 200],
  ['index as a page', index, '/index.html', { accept: 'text/html' }, 200],
  ['profiles', debugRoute, '/debug/pprof', {}, 302],
  ['a profile', debugRoute, '/debug/pprof/heap', {}, 404],
  ['flags', debugRoute, '/debug/flags', {}, 200],
  ['a flag', debugRoute, '/debug/flags/v', {}, 406],
  ['nothing', debugRoute, '/debug/x', {}, undefined],
] as const) {
  test(`${why}: ${want ?? 'for others'}`, async () => {
    const answer = answerOf(route, path, options)
    if (want !== undefined && want >= 404 && route !== debugRoute)
      await assert.rejects(answer, (error) => error instanceof StatusError && error.code === want)
    else assert.equal((await answer)?.status, want)
  })
}

test('the index names checks by path', async () => {
  const answer = await answerOf(index, '/')
  const body = answer?.body
  const bytes = body?.kind === 'object' ? body.bytes() : body?.kind === 'bytes' ? body.bytes : undefined
  assert.ok(bytes)
  assert.deepEqual(JSON.parse(Buffer.from(bytes).toString()), {
    paths: ['/apis', '/apis/', '/healthz', '/livez', '/livez/ping', '/metrics', '/readyz'],
  })
})
