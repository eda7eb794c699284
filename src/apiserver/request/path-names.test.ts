import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { requestInfoOf } from './parse-request-info.ts'
import { refuseUnsafeNames } from './path-names.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

for (const [path, code, message] of [
  [`${configMaps}/..`, 400, `Name parameter invalid: "..": may not be '..'`],
  [`${configMaps}/%2e`, 400, `Name parameter invalid: ".": may not be '.'`],
  [`${configMaps}/a%25b`, 400, `Name parameter invalid: "a%b": may not contain '%'`],
  ['/api/v1/namespaces/../configmaps', 500, 'invalid key: "/configmaps/.."'],
  ['/api/v1/namespaces/%2e%2e/configmaps/a', 500, 'invalid key: "/configmaps/../a"'],
] as const) {
  test(`refuseUnsafeNames: ${path}`, () => {
    assert.throws(() => refuseUnsafeNames(requestInfoOf('GET', path, new URLSearchParams()), ConfigMap), { code, message })
  })
}

for (const path of [configMaps, `${configMaps}/a..b`, `${configMaps}/...`, '/api/v1/configmaps']) {
  test(`refuseUnsafeNames takes ${path}`, () => refuseUnsafeNames(requestInfoOf('GET', path, new URLSearchParams()), ConfigMap))
}
