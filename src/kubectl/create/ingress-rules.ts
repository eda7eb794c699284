/** Rules of an ingress as the command line writes them: `host/path=service:port,tls=secret`. */
import { CommandError } from '../errors.ts'
import type { Fields } from '../resources/unstructured.ts'

const rulePattern =
  /^(?<host>[^/=]*)(?<path>\/[^=]*)?=(?<service>[a-z0-9]([-a-z0-9]*[a-z0-9])?):(?<port>[^,]+)(,tls(=(?<secret>[a-z0-9]([-a-z0-9.]*[a-z0-9])?))?)?$/
const servicePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?:[a-z0-9-]+$/

type Rule = { readonly host: string; readonly path: Fields; readonly secret: string | undefined; readonly isTls: boolean }

export function ingressSpec(texts: readonly string[], defaultBackend: string): Fields {
  const rules = texts.map(parseRule)
  const tls = tlsOf(rules)
  return {
    ...(defaultBackend === '' ? {} : { defaultBackend: backendOf(defaultBackend) }),
    ...(tls.length === 0 ? {} : { tls }),
    ...(rules.length === 0 ? {} : { rules: rulesOf(rules) }),
  }
}

function parseRule(text: string): Rule {
  const { host = '', path = '', service = '', port = '', secret } = rulePattern.exec(text)?.groups ?? {}
  if (service === '') throw new CommandError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  const isPrefix = path.endsWith('*')
  return {
    host,
    isTls: /,tls(=|$)/.test(text),
    secret,
    path: {
      path: isPrefix ? path.slice(0, -1) : path,
      pathType: isPrefix ? 'Prefix' : 'Exact',
      backend: backendFields(service, port),
    },
  }
}

function backendOf(text: string): Fields {
  const [service = '', port = ''] = text.split(':')
  if (!servicePattern.test(text)) throw new CommandError('default-backend should be in format servicename:serviceport')
  return backendFields(service, port)
}

function backendFields(name: string, port: string): Fields {
  return { service: { name, port: /^[0-9]+$/.test(port) ? { number: Number(port) } : { name: port } } }
}

/** Rules of one host are one rule with several paths. */
function rulesOf(rules: readonly Rule[]): readonly Fields[] {
  const hosts = [...new Set(rules.map(({ host }) => host))]
  return hosts.map((host) => ({
    ...(host === '' ? {} : { host }),
    http: { paths: rules.filter((rule) => rule.host === host).map(({ path }) => path) },
  }))
}

/** Hosts that share a secret share an entry. */
function tlsOf(rules: readonly Rule[]): readonly Fields[] {
  const secured = rules.filter(({ isTls }) => isTls)
  const secrets = [...new Set(secured.map(({ secret }) => secret))]
  return secrets.map((secret) => {
    const hosts = [...new Set(secured.filter((rule) => rule.secret === secret && rule.host !== '').map(({ host }) => host))]
    return { ...(hosts.length === 0 ? {} : { hosts }), ...(secret === undefined ? {} : { secretName: secret }) }
  })
}
