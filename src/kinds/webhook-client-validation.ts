/** Where the API server shall call a webhook (upstream: ValidateWebhookURL, ValidateWebhookService). */
import { type FieldErrors, type FieldPath, invalid, required } from '#meta/field-path'
import { betweenMessage, isDns1123Subdomain } from '#meta/names'
import { parseGoUrl } from './go-url.ts'

type WebhookService = { readonly name?: string; readonly namespace?: string; readonly path?: string; readonly port?: number }
type WebhookClient = { readonly url?: string; readonly service?: WebhookService }

export function* validateWebhookClient({ url, service }: WebhookClient, at: FieldPath): FieldErrors {
  if ((url === undefined) === (service === undefined)) yield required(at, 'exactly one of url or service is required')
  else if (url !== undefined) yield* validateUrl(url, at.field('url'))
  else if (service !== undefined) yield* validateService(service, at.field('service'))
}

const form = '; desired format: https://host[/path]'

function* validateUrl(text: string, at: FieldPath): FieldErrors {
  const url = parseGoUrl(text)
  if ('problem' in url) return yield required(at, `url must be a valid URL: ${url.problem}${form}`)
  const { scheme, host, userInfo, query, fragment } = url
  if (scheme !== 'https') yield invalid(at, scheme, `'https' is the only allowed URL scheme${form}`)
  if (host === '') yield invalid(at, host, `host must be specified${form}`)
  if (userInfo !== undefined) yield invalid(at, userInfo, 'user information is not permitted in the URL')
  if (fragment !== '') yield invalid(at, fragment, 'fragments are not permitted in the URL')
  if (query !== '') yield invalid(at, query, 'query parameters are not permitted in the URL')
}

function* validateService({ name = '', namespace = '', path = '', port = 0 }: WebhookService, at: FieldPath): FieldErrors {
  // As upstream, which takes the one for the other.
  if (namespace === '') yield required(at.field('name'))
  if (name === '') yield required(at.field('namespace'))
  if (port < 1 || port > 65535) yield invalid(at.field('port'), port, `port is not valid: ${betweenMessage(1, 65535)}`)
  yield* validatePath(path, at.field('path'))
}

function* validatePath(path: string, at: FieldPath): FieldErrors {
  if (path === '' || path === '/') return
  if (path === '//') return yield invalid(at, path, 'segment[0] may not be empty')
  if (!path.startsWith('/')) yield invalid(at, path, "must start with a '/'")
  const inner = path.slice(1)
  const steps = (inner.endsWith('/') ? inner.slice(0, -1) : inner).split('/')
  for (const [index, step] of steps.entries()) {
    if (step === '') yield invalid(at, path, `segment[${index}] may not be empty`)
    else for (const problem of isDns1123Subdomain(step)) yield invalid(at, path, `segment[${index}]: ${problem}`)
  }
}
