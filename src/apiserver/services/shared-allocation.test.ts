import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { ConfigMap } from '#kinds/core/config-map.kind'
import { Namespace } from '#kinds/core/namespace.kind'
import { Service } from '#kinds/core/service.kind'
import { createMemoryStore } from '#store/memory/memory-store'
import { startTestApiServer } from '#testing/api-server'
import { portRecord, portRecordKey } from './port-record.ts'

const ports = { from: 30_000, to: 32_767 }

test('the record of taken ports is what upstream writes', () => {
  const hex = (taken: readonly number[]) => Buffer.from(portRecord(ports, taken, 'application/vnd.kubernetes.protobuf')).toString('hex')
  const metadata = '0a100a0012001a0022002a00320038004200'
  const range = `120b${Buffer.from('30000-32767').toString('hex')}`
  assert.ok(hex([0, 9]).includes(`${metadata}${range}1a020201`))
  assert.ok(hex([]).includes(`${metadata}${range}1a00`))
  assert.match(new TextDecoder().decode(portRecord(ports, [0, 9], 'application/json')), /"range":"30000-32767","data":"AgE="/)
})

function service(name: string, clusterIP: string, nodePort: number): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type: 'NodePort', clusterIP, ports: [{ port: 80, nodePort }] },
    status: {},
  }
}

test('servers on one store give an address and a port to one service only, and all get theirs', async () => {
  await using store = createMemoryStore({ clock: systemClock })
  await using one = await startTestApiServer({ storeIsShared: true }, { store })
  await using two = await startTestApiServer({ storeIsShared: true }, { store })
  for (let round = 0; round < 10; round++) {
    const outcomes = await Promise.allSettled(
      [one, two].map(({ client }, server) =>
        client.create(Service, service(`s-${round}-${server}`, `10.97.0.${round + 1}`, 30_100 + round)),
      ),
    )
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], `round ${round}`)
  }
  const many = Array.from({ length: 64 }, (_, number) => ({
    ...service(`many-${number}`, '', 0),
    spec: { type: 'NodePort', ports: [{ port: 80 }] },
  }))
  const made = await Promise.all(many.map((wanted, number) => (number % 2 === 0 ? one : two).client.create(Service, wanted)))
  assert.equal(new Set(made.map(({ spec }) => spec?.clusterIP)).size, many.length)
  assert.equal(new Set(made.map(({ spec }) => spec?.ports?.[0]?.nodePort)).size, many.length)
  assert.notEqual(await store.get(portRecordKey), undefined)
})

test('what one server has just made, another one knows when it admits', async () => {
  await using store = createMemoryStore({ clock: systemClock })
  await using one = await startTestApiServer({ storeIsShared: true }, { store })
  await using two = await startTestApiServer({ storeIsShared: true }, { store })
  for (let round = 0; round < 10; round++) {
    const namespace = `made-${round}`
    await one.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace }, spec: {}, status: {} })
    await two.client.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'first', namespace } })
  }
})
