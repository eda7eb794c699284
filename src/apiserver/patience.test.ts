/** Clients that are slow to say what they want, over real connections, with a patience of a fraction of a second. */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import { createAuthority, issueCredential } from '#net/pki/authority'
import { HttpServer } from './server.ts'

async function startImpatient() {
  const validity = { nowMs: systemClock.nowMs(), validForMs: 3600_000 }
  const authority = await createAuthority('test-ca', validity)
  const subject = { commonName: 'kube-apiserver', organizations: [] }
  const credential = await issueCredential(authority, { ...validity, subject, usages: ['server'], hosts: ['127.0.0.1'] })
  const server = new HttpServer(
    { clock: systemClock, log: silentLog, handler: async () => ({ status: 200, body: { kind: 'empty' } }) },
    { cert: credential.certificatePem, key: credential.privateKeyPem, patience: { headersMs: 200, idleMs: 200, keepAliveMs: 100 } },
  )
  const port = await server.listen(0, '127.0.0.1')
  return { port, ca: authority.certificatePem, [Symbol.asyncDispose]: () => server.close(0) }
}

type Open = (port: number, ca: string) => Promise<Socket>

const encrypted =
  (protocol: string, text: string): Open =>
  async (port, ca) => {
    const socket = connectTls({ host: '127.0.0.1', port, ca, ALPNProtocols: [protocol] })
    await once(socket, 'secureConnect')
    socket.write(text)
    return socket
  }

for (const [who, open] of [
  ['who does not even greet', async (port) => connectTcp(port, '127.0.0.1')],
  ['whose head of a request never ends', encrypted('http/1.1', 'GET / HTTP/1.1\r\nX-A: ')],
  ['who has had an answer and asks no more', encrypted('http/1.1', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['who opens no streams', encrypted('h2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0')],
] satisfies readonly (readonly [string, Open])[]) {
  test(`a client loses its connection ${who}`, { timeout: 10_000 }, async () => {
    await using server = await startImpatient()
    const socket = await open(server.port, server.ca)
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'close')
  })
}
