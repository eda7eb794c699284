/** Exec and port forwarding with both ends here, over real sockets and every transport. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { systemClock } from '#base/env/clock'
import { dialExec } from './exec-client.ts'
import { readExecOutcome, writeExecOutcome } from './exec-outcome.ts'
import { acceptExec } from './exec-server.ts'
import { type ExecStreams, execOptionsOf } from './exec-streams.ts'
import { joinExecStreams } from './join-exec-streams.ts'
import { acceptPortForward, dialPortForward, joinForwardedConnection } from './port-forward.ts'
import { UpgradeRefused } from './upgrade.ts'
import type { UpgradeRequest } from './websocket-upgrade.ts'

interface Served extends AsyncDisposable {
  readonly url: string
}

async function serve(onUpgrade: (upgrade: UpgradeRequest, query: URLSearchParams) => Promise<unknown>): Promise<Served> {
  const server = createServer((_, response) => response.writeHead(404).end('no such pod'))
  const sockets = new Set<Duplex>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.add(socket)
    void onUpgrade({ request, socket, head }, new URL(request.url ?? '', 'http://x').searchParams)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  assert(typeof address === 'object' && address !== null)
  return {
    url: `http://127.0.0.1:${address.port}/?`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Says on stderr how much it will say on stdout, repeats stdin there, and exits with 3. */
async function echo(streams: ExecStreams): Promise<void> {
  streams.stderr?.end('echo')
  const input = streams.stdin === undefined ? '' : await text(streams.stdin)
  streams.stdout?.end(input)
  writeExecOutcome(streams.error, streams.version, { kind: 'exit', exitCode: 3, message: 'command terminated with non-zero exit code' })
}

const serveEcho = () =>
  serve(async (upgrade, query) => {
    const streams = await acceptExec(upgrade, execOptionsOf(query), { clock: systemClock })
    if (streams !== undefined) await echo(streams)
  })

const all = { stdin: true, stdout: true, stderr: true, tty: false }
const query = 'stdin=1&stdout=1&stderr=1'

async function conversation(streams: ExecStreams): Promise<unknown[]> {
  streams.stdin?.end('hello')
  assert(streams.stdout !== undefined && streams.stderr !== undefined)
  const heard = await Promise.all([text(streams.stdout), text(streams.stderr), readExecOutcome(streams.error, streams.version)])
  streams.close()
  await streams.closed
  return heard.map((part) => (typeof part === 'object' && part.kind === 'exit' ? part.exitCode : part))
}

test('exec over SPDY carries all streams and the exit code', async () => {
  await using echoed = await serveEcho()
  const streams = await dialExec({ url: echoed.url + query }, { ...all, transports: ['spdy'] })
  assert.equal(streams.version, 'v4')
  assert.deepEqual(await conversation(streams), ['hello', 'echo', 3])
})

test('a proxy between a WebSocket client and a SPDY server changes nothing', async () => {
  await using echoed = await serveEcho()
  await using proxy = await serve(async (upgrade, given) => {
    const served = await acceptExec(upgrade, execOptionsOf(given), { clock: systemClock })
    const dialled = await dialExec({ url: echoed.url + query }, { ...all, transports: ['spdy'] })
    assert(served !== undefined)
    await joinExecStreams(served, dialled)
  })
  for (const transport of ['websocket', 'spdy'] as const) {
    const streams = await dialExec({ url: proxy.url + query }, { ...all, transports: [transport] })
    assert.deepEqual(await conversation(streams), ['hello', 'echo', 3], transport)
  }
})

test('a client of the first WebSocket protocol hears nothing of success through a proxy', async () => {
  await using backend = await serve(async (upgrade, given) => {
    const streams = await acceptExec(upgrade, execOptionsOf(given), { clock: systemClock })
    assert(streams !== undefined)
    streams.stdout?.end('done')
    writeExecOutcome(streams.error, streams.version, { kind: 'success' })
  })
  await using proxy = await serve(async (upgrade, given) => {
    const served = await acceptExec(upgrade, execOptionsOf(given), { clock: systemClock })
    const dialled = await dialExec({ url: `${backend.url}stdout=1` }, { ...all, stdin: false, stderr: false, transports: ['spdy'] })
    assert(served !== undefined)
    await joinExecStreams(served, dialled)
  })
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}stdout=1`, ['channel.k8s.io'])
  const messages: string[] = []
  socket.on('message', (message) => messages.push(String(message)))
  await once(socket, 'close')
  assert.deepEqual(messages, ['\u0001done'])
})

test('base64 clients of v4 are served', async () => {
  await using echoed = await serveEcho()
  const socket = new WebSocket(`${echoed.url.replace('http', 'ws')}stderr=1`, ['v4.base64.channel.k8s.io'])
  const [message] = await once(socket, 'message')
  assert.equal(String(message), `2${Buffer.from('echo').toString('base64')}`)
  socket.terminate()
})

test('a refusal carries the answer, over every transport', async () => {
  await using echoed = await serveEcho()
  const refused = (error: unknown) =>
    error instanceof UpgradeRefused && error.statusCode === 400 && /at least 1 of stdin/.test(error.message)
  for (const transport of ['websocket', 'spdy'] as const)
    await assert.rejects(dialExec({ url: echoed.url }, { ...all, transports: [transport] }), refused)
})

const serveForward = () =>
  serve((upgrade, given) =>
    acceptPortForward(upgrade, {
      ports: given.getAll('port').map(Number),
      onConnection: ({ port, data, error }) => {
        if (port === 81) error.end('connection refused')
        else error.end()
        data.on('data', (chunk: Buffer) => data.end(`${port}: ${chunk}`))
      },
    }),
  )

for (const transport of ['websocket', 'spdy'] as const) {
  test(`ports are forwarded over ${transport}, several connections in one session, through a proxy`, async () => {
    await using forward = await serveForward()
    await using proxy = await serve(async (upgrade) => {
      const dialled = await dialPortForward({ url: forward.url }, ['spdy'])
      return acceptPortForward(upgrade, { ports: [], onConnection: (connection) => void joinForwardedConnection(connection, dialled) })
    })
    const client = await dialPortForward({ url: proxy.url }, [transport])
    const first = await client.open(80)
    const second = await client.open(81)
    first.data.write('a')
    second.data.write('b')
    assert.deepEqual(await Promise.all([first.data, first.error, second.data, second.error].map((stream) => text(stream))), [
      '80: a',
      '',
      '81: b',
      'connection refused',
    ])
    client.close()
    await client.closed
  })
}

test('the older WebSocket protocol tells the port first on each channel', async () => {
  await using forward = await serveForward()
  const socket = new WebSocket(`${forward.url.replace('http', 'ws')}port=8080`, ['v4.channel.k8s.io'])
  const messages: string[] = []
  const enough = new Promise<void>((resolve) =>
    socket.on('message', (data: Buffer) => messages.push(data.toString('hex')) === 2 && resolve()),
  )
  await enough
  assert.deepEqual(messages, ['00901f', '01901f'])
  socket.terminate()
})
