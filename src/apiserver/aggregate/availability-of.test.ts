import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { APIService } from '#kinds/apiregistration/api-service.kind'
import type { Service } from '#kinds/core/service.kind'
import type { EndpointSlice } from '#kinds/discovery/endpoint-slice.kind'
import { availabilityOf } from './availability-of.ts'

function registered(service?: APIService['spec']['service']): APIService {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.x.example' },
    spec: { group: 'x.example', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1, ...(service === undefined ? {} : { service }) },
    status: {},
  }
}

function serviceOn(port: number): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { type: 'ClusterIP', ports: [{ name: 'https', port }] },
    status: {},
  }
}

function sliceOf(...addresses: readonly string[]): EndpointSlice {
  const endpoints = addresses.map((address) => ({ addresses: [address] }))
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {},
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'https' }],
  }
}

const elsewhere = registered({ namespace: 'n', name: 's', port: 443 })

for (const [why, object, service, slices, want] of [
  ['is served here', registered(), undefined, [], 'Local APIServices are always available'],
  ['has no service', elsewhere, undefined, [], 'service/s in "n" is not present'],
  ['names another port', elsewhere, serviceOn(80), [], 'service/s in "n" is not listening on port 443'],
  ['has no endpoints', elsewhere, serviceOn(443), [], 'cannot find endpointslices for service/s in "n"'],
  [
    'has no addresses',
    elsewhere,
    serviceOn(443),
    [sliceOf()],
    'endpointslices for service/s in "n" have no addresses with port name "https"',
  ],
  [
    'would have to be asked',
    elsewhere,
    serviceOn(443),
    [sliceOf('10.0.0.1')],
    'failing or missing response from service/s in "n": this server passes no requests on',
  ],
] as const) {
  test(`what is said of an APIService that ${why}`, () => {
    const { status, message } = availabilityOf(object, { service, slices })
    assert.deepEqual([status, message], [object === elsewhere ? 'False' : 'True', want])
  })
}
