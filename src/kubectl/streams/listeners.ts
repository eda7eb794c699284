/** Local sockets of `port-forward`: one for each address, each connection a stream to the pod. */
import { createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { PortForwardClient } from '#net/streams/port-forward'
import { pumpStream } from '#net/streams/pump-stream'
import { CommandError, messageOf } from '../errors.ts'
import type { ForwardedPort } from './forwarded-ports.ts'

/** What is listened on, and under which name it is spoken of. */
export type ListenAddress = { readonly host: string; readonly family: 4 | 6; readonly isLocalhost: boolean }

type Say = { readonly out: (text: string) => void; readonly err: (text: string) => void }

/** `localhost` is both loopback addresses, of which one is enough. */
export function listenAddresses(words: readonly string[]): readonly ListenAddress[] {
  const found = words.flatMap((word): readonly ListenAddress[] => {
    if (word === 'localhost')
      return [
        { host: '127.0.0.1', family: 4, isLocalhost: true },
        { host: '::1', family: 6, isLocalhost: true },
      ]
    if (/^\d+\.\d+\.\d+\.\d+$/.test(word)) return [{ host: word, family: 4, isLocalhost: word === '127.0.0.1' }]
    if (word.includes(':')) return [{ host: word, family: 6, isLocalhost: word === '::1' }]
    throw new CommandError(`${word} is not a valid IP`)
  })
  return found.filter(({ host }, index) => found.findIndex((other) => other.host === host) === index)
}

/** Resolves with the servers that listen; throws where no port can be had at all. */
export async function listenOn(
  ports: readonly ForwardedPort[],
  addresses: readonly ListenAddress[],
  serve: (socket: Socket, port: ForwardedPort) => void,
  { out, err }: Say,
): Promise<readonly Server[]> {
  const servers: Server[] = []
  for (const port of ports) {
    const failures: string[] = []
    let local = port.local
    for (const { host, family } of addresses) {
      try {
        const server = await listening(local, host, (socket, bound) => serve(socket, { ...port, local: bound }))
        servers.push(server)
        local = portOf(server)
        out(`Forwarding from ${family === 6 ? `[${host}]` : host}:${local} -> ${port.remote}\n`)
      } catch (error) {
        failures.push(
          `unable to create listener: Error listen tcp${family} ${family === 6 ? `[${host}]` : host}:${local}: bind: ${reasonOf(error)}`,
        )
      }
    }
    if (failures.length === addresses.length)
      err(`Unable to listen on port ${port.local}: Listeners failed to create with the following errors: [${failures.join(' ')}]\n`)
  }
  if (servers.length > 0) return servers
  throw new CommandError(
    `unable to listen on any of the requested ports: [${ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`,
  )
}

function listening(port: number, host: string, serve: (socket: Socket, port: number) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket, portOf(server)))
    server.once('error', reject)
    server.listen({ port, host, ipv6Only: true }, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? messageOf(error)
}

/** Carries one connection; resolves with why the pod's side failed, or with nothing. */
export async function forwardConnection(client: PortForwardClient, socket: Socket, remote: number): Promise<string> {
  const { data, error } = await client.open(remote)
  socket.on('error', () => socket.destroy())
  const failure = text(error).catch(() => '')
  await Promise.all([pumpStream(socket, data), pumpStream(data, socket)])
  socket.destroy()
  return await failure
}
