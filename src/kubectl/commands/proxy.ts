/** `kubectl proxy`: the API server on a local port, with the user's credentials. */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { join, normalize } from 'node:path'
import type { Endpoint } from '#client/endpoint'
import { boolFlag, durationFlag, intFlag, stringFlag } from '#component/flags'
import { type Call, defineCommand } from '../command.ts'
import { CommandError } from '../errors.ts'
import { forward, forwardUpgrade } from '../proxy/forward.ts'
import { isAllowed, patternsOf, type RequestFilter } from '../proxy/request-filter.ts'

const proxyFlags = {
  'accept-hosts': stringFlag('^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$', 'Patterns of the hosts that may be asked for.'),
  'accept-paths': stringFlag('^.*', 'Patterns of the paths that may be asked for.'),
  address: stringFlag('127.0.0.1', 'The address to serve on.'),
  'api-prefix': stringFlag('/', 'Where the API begins.'),
  'append-server-path': boolFlag(false, 'Without effect: the path of the server is always kept.'),
  'disable-filter': boolFlag(false, 'Let every request through. Do not do that where others can reach the port.'),
  keepalive: durationFlag(0, 'Without effect.'),
  port: { ...intFlag(8001, 'The port to serve on; 0 chooses one.'), shorthand: 'p' },
  'reject-methods': stringFlag('^$', 'Patterns of methods that may not be used.'),
  'reject-paths': stringFlag(
    '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
    'Patterns of the paths that may not be asked for, whatever --accept-paths says.',
  ),
  'unix-socket': { ...stringFlag('', 'A socket to serve on instead of a port.'), shorthand: 'u' },
  www: { ...stringFlag('', 'A directory of files to serve as well.'), shorthand: 'w' },
  'www-prefix': { ...stringFlag('/static/', 'Where they begin.'), shorthand: 'P' },
}

type ProxyCall = Call<typeof proxyFlags>

export const proxy = defineCommand({
  name: 'proxy',
  summary: 'Creates a proxy server or application-level gateway between localhost and the Kubernetes API server',
  description: 'Serves until it is interrupted. Requests get your credentials: only you should reach the port.',
  examples: [
    ['The whole API', 'kubectl proxy'],
    ['On another port', 'kubectl proxy --port=8011'],
    ['On any free port', 'kubectl proxy --port=0'],
  ],
  usage: '[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  flags: proxyFlags,
  async run(call) {
    const { flags, cluster, out, signal } = call
    const server = serverFor(call, await cluster.endpoint(), filterOf(flags))
    server.listen(flags['unix-socket'] === '' ? { port: flags.port, host: flags.address } : { path: flags['unix-socket'] })
    await Promise.race([once(server, 'listening'), once(server, 'error').then(([error]) => Promise.reject(listenFailure(error)))])
    const address = server.address()
    out(
      `Starting to serve on ${typeof address === 'string' || address === null ? flags['unix-socket'] : `${address.address}:${address.port}`}\n`,
    )
    signal.addEventListener('abort', () => server.close(), { once: true })
    await once(server, 'close')
  },
})

function listenFailure(error: unknown): CommandError {
  return new CommandError(error instanceof Error ? error.message : String(error))
}

function filterOf(flags: ProxyCall['flags']): RequestFilter {
  const all = [/^/]
  if (flags['disable-filter']) return { acceptPaths: all, rejectPaths: [], acceptHosts: all, rejectMethods: [] }
  return {
    acceptPaths: patternsOf(flags['accept-paths']),
    rejectPaths: patternsOf(flags['reject-paths']),
    acceptHosts: patternsOf(flags['accept-hosts']),
    rejectMethods: patternsOf(flags['reject-methods']),
  }
}

function serverFor({ flags }: ProxyCall, endpoint: Endpoint, filter: RequestFilter): Server {
  const prefix = flags['api-prefix'].replace(/\/*$/, '')
  const pathOf = ({ url = '/' }: IncomingMessage) => (url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : undefined)
  const allows = (request: IncomingMessage, path: string) =>
    isAllowed(filter, { method: request.method ?? 'GET', path: path.replace(/\?.*$/s, ''), host: request.headers.host ?? '' })
  const server = createServer((request, response) => {
    const { url = '/' } = request
    if (flags.www !== '' && url.startsWith(flags['www-prefix'])) {
      const file = createReadStream(join(flags.www, normalize(`/${url.slice(flags['www-prefix'].length)}`)))
      file.once('error', () => response.writeHead(404).end('404 page not found\n'))
      file.once('open', () => file.pipe(response))
      return
    }
    const path = pathOf(request)
    if (path === undefined) return response.writeHead(404).end('404 page not found\n')
    if (!allows(request, path)) return response.writeHead(403).end('Forbidden\n')
    forward(endpoint, path, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  server.on('upgrade', (request, socket) => {
    const path = pathOf(request)
    if (path === undefined || !allows(request, path)) return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    forwardUpgrade(endpoint, path, request, socket).catch(() => socket.destroy())
  })
  return server
}
