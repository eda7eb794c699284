import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selectorOfObject, servicePorts } from './service-of.ts'

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }] }] } },
  },
}
const plain = { port: '', protocol: '', targetPort: '' }

test('ports come from the containers, with names where there are several', () => {
  assert.deepEqual(servicePorts(deployment, plain), [
    { name: 'port-1', protocol: 'TCP', port: 80, targetPort: 80 },
    { name: 'port-2', protocol: 'UDP', port: 53, targetPort: 53 },
  ])
})

test('or from the command line', () => {
  assert.deepEqual(servicePorts(deployment, { ...plain, port: '53', targetPort: 'dns' }), [
    { protocol: 'UDP', port: 53, targetPort: 'dns' },
  ])
})

test('an object without ports needs --port', () => {
  assert.throws(() => servicePorts({ ...deployment, spec: {} }, plain), { message: "couldn't find port via --port flag or introspection" })
})

test('the selector is that of the object', () => {
  assert.deepEqual(selectorOfObject(deployment), { app: 'web' })
  const complex = { ...deployment, spec: { selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } } }
  assert.throws(() => selectorOfObject(complex), /couldn't convert expressions/)
  assert.throws(() => selectorOfObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }), /the pod has no labels/)
})
