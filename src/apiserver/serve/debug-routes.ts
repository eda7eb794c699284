/** `/debug/...`: switches of a running process. There are no profiles of Go's here, so none is known. */
import type { Answer } from '../exchange.ts'
import type { Route } from './dispatch.ts'

/** Under this path Go's profiles would stand; as upstream, no request below it is held up by others. */
const profiles = '/debug/pprof/'

export const debugRoute: Route = ({ request: { path } }) => {
  if (path.startsWith(profiles)) return text(404, 'Unknown profile\n', 'text/plain; charset=utf-8')
  if (path === '/debug/flags/v') return text(406, 'unsupported http method\n', 'text/plain')
  return undefined
}

function text(status: number, body: string, contentType: string): Answer {
  const headers = { 'x-content-type-options': 'nosniff' }
  return { status, headers, body: { kind: 'bytes', contentType, bytes: new TextEncoder().encode(body) } }
}
