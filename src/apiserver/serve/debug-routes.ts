/** `/debug/...`: switches of a running process, as far as they can be read. There are no profiles of Go's here, so none is known. */
import type { Answer, IncomingRequest } from '../exchange.ts'
import type { Route } from './dispatch.ts'

/** Under this path Go's profiles would stand; as upstream, no request below it is held up by others. */
const profiles = '/debug/pprof/'
const flags = '/debug/flags'

export const debugRoute: Route = ({ request }) => {
  const { path } = request
  if (`${path}/` === profiles) return redirect(request)
  if (path === profiles) return html(page(profiles, 'Types of profiles available: none'))
  if (path.startsWith(profiles)) return refusal(404, 'Unknown profile\n', 'text/plain; charset=utf-8')
  if (path === `${flags}/v`) return refusal(406, 'unsupported http method\n', 'text/plain')
  return path === flags || path.startsWith(`${flags}/`) ? html(page(`${flags}/`, 'flags: v')) : undefined
}

/** A person is told where it goes, a program follows. */
function redirect({ method }: IncomingRequest): Answer {
  const headers = { location: profiles }
  if (method !== 'GET' && method !== 'HEAD') return { status: 302, headers, body: { kind: 'empty' } }
  return { ...html(`<a href="${profiles}">Found</a>.\n\n`), status: 302, headers }
}

function page(title: string, content: string): string {
  return `<html>\n<head>\n<title>${title}</title>\n</head>\n<body>\n${title}<br>\n<br>\n${content}<br>\n</body>\n</html>\n`
}

function html(text: string): Answer {
  return { status: 200, body: { kind: 'bytes', contentType: 'text/html; charset=utf-8', bytes: encoder.encode(text) } }
}

function refusal(status: number, text: string, contentType: string): Answer {
  const headers = { 'x-content-type-options': 'nosniff' }
  return { status, headers, body: { kind: 'bytes', contentType, bytes: encoder.encode(text) } }
}

const encoder = new TextEncoder()
