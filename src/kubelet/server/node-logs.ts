/** `/logs`: the node's own log files, as plain files and listings. */
import { createReadStream } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HttpProblem } from './http-problem.ts'
import { type Exchange, type Route, sendText } from './route.ts'

export function nodeLogRoutes(logDir: string): readonly Route[] {
  const handle = (exchange: Exchange) => sendFile(logDir, exchange)
  return [{ methods: ['GET'], path: '/logs/*', handle }]
}

async function sendFile(logDir: string, { response, params, signal }: Exchange): Promise<void> {
  const path = await pathInside(logDir, decodeURIComponent(params['rest'] ?? ''))
  const stats = await stat(path)
  if (stats.isDirectory()) return sendText(response, 200, await listingOf(path), 'text/html; charset=utf-8')
  if (!stats.isFile()) throw new HttpProblem(404, '404 page not found')
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
  await pipeline(createReadStream(path), response, { signal })
}

/** Links may lead around inside the directory, never out of it. */
async function pathInside(logDir: string, rest: string): Promise<string> {
  const root = await realpath(logDir)
  const path = await realpath(join(root, rest)).catch(() => '')
  if (path !== root && !path.startsWith(`${root}/`)) throw new HttpProblem(404, '404 page not found')
  return path
}

async function listingOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort()
  const links = names.map((name) => `<a href="${encodeURI(name)}">${name.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`)}</a>\n`)
  return `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join('')}</pre>\n`
}
