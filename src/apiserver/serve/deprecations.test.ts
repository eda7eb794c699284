import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { Endpoints } from '#kinds/core/endpoints.kind'
import { Pod } from '#kinds/core/pod/pod.kind'
import { IPAddressV1beta1 } from '#kinds/networking/ip-address.v1beta1.kind'
import type { Kind } from '#meta/kind'
import type { Exchange } from '../exchange.ts'
import { deprecationNotes, deprecationWarning } from './deprecations.ts'

for (const [kind, want] of [
  [Pod, undefined],
  [Endpoints, 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  [IPAddressV1beta1, 'networking.k8s.io/v1beta1 IPAddress is deprecated in v1.34+, unavailable in v1.37+'],
] as const) {
  test(`deprecationWarning: ${kind.apiVersion} ${kind.kind}`, () => assert.equal(deprecationWarning(kind as Kind), want))
}

test('a request for a deprecated version is warned and counted once', async () => {
  const registry = new Registry()
  const note = deprecationNotes(registry)
  const exchange = { info: { subresource: 'status' }, warnings: [] as string[] } as unknown as Exchange
  note(IPAddressV1beta1, exchange)
  note(IPAddressV1beta1, exchange)
  note(Pod, exchange)
  assert.equal(exchange.warnings.length, 2)
  const labels = 'group="networking.k8s.io",version="v1beta1",resource="ipaddresses",subresource="status",removed_release="1.37"'
  assert.match(await registry.metrics(), new RegExp(`^apiserver_requested_deprecated_apis\\{${labels}\\} 1$`, 'm'))
})
