import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '#base/env/clock'
import { silentLog } from '#base/env/log'
import type { Health } from './backends.ts'
import { runBalancer } from './balancer.ts'

const addresses = ['127.0.0.2', '127.0.0.3']

/** A server at the address that answers what it is sent with its own name in front. */
async function listen(address: string, port: number): Promise<Server & { readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => socket.write(`${address} ${data.toString()}`))
  })
  server.listen(port, address)
  await once(server, 'listening')
  return Object.assign(server, { sockets })
}

async function ask(port: number): Promise<{ readonly answer: string; readonly socket: Socket }> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('hello')
  const [data] = await once(socket, 'data')
  return { answer: String(data), socket }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))
}

test('clients reach a control plane that answers, and lose one that does not', async () => {
  const one = await listen('127.0.0.2', 0)
  const { port: backendPort } = one.address() as AddressInfo
  const two = await listen('127.0.0.3', backendPort)
  const health = new Map<string, Health>(addresses.map((address) => [address, 'ready']))
  const stop = new AbortController()
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  // Turns of the health check come when the test wants them.
  const ticks = new Set<() => void>()
  const setTimer = (_delayMs: number, fire: () => void) => {
    ticks.add(fire)
    return { [Symbol.dispose]: () => void ticks.delete(fire) }
  }
  const clock = { ...systemClock, setTimer }
  const checkAgain = () => {
    const due = Array.from(ticks)
    ticks.clear()
    for (const fire of due) fire()
  }
  const deps = { clock, log: silentLog, check: async (address: string) => health.get(address) ?? 'silent' }
  const running = runBalancer(deps, { host: '127.0.0.1', port, backendPort, addresses }, stop.signal)
  try {
    const first = await ask(port)
    const second = await ask(port)
    assert.deepEqual([first.answer, second.answer].toSorted(), ['127.0.0.2 hello', '127.0.0.3 hello'])
    const left = first.answer.startsWith('127.0.0.2') ? first : second
    health.set('127.0.0.2', 'silent')
    checkAgain()
    await closed(left.socket)
    assert.equal((await ask(port)).answer, '127.0.0.3 hello')
    // One that is said to be well and refuses is passed over at once.
    health.set('127.0.0.2', 'ready')
    checkAgain()
    two.close()
    for (const socket of two.sockets) socket.destroy()
    await closed(second.socket === left.socket ? first.socket : second.socket)
    for (let turn = 0; turn < 3; turn++) assert.equal((await ask(port)).answer, '127.0.0.2 hello')
  } finally {
    stop.abort()
    await running
    for (const server of [one, two]) {
      server.close()
      for (const socket of server.sockets) socket.destroy()
    }
  }
})
