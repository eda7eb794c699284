/** URLs as Go's parser sees them, which upstream shows its complaints of. Pure; only what a validation asks about. */

export type GoUrl = {
  readonly scheme: string
  /** Empty where the URL has no authority. */
  readonly host: string
  readonly userInfo?: string | undefined
  readonly query: string
  readonly fragment: string
}

export type GoUrlProblem = { readonly problem: string }

export function parseGoUrl(text: string): GoUrl | GoUrlProblem {
  const problem = problemOf(text)
  if (problem !== undefined) return { problem: `parse ${JSON.stringify(text).replace(/\\u00/g, '\\x')}: ${problem}` }
  const [beforeFragment, fragment] = cut(text, '#')
  const [beforeQuery, query] = cut(beforeFragment, '?')
  const { scheme, rest } = schemeOf(beforeQuery)
  const authority = authorityOf(scheme, rest)
  const userEnd = authority.lastIndexOf('@')
  const userInfo = userEnd < 0 ? undefined : authority.slice(0, userEnd)
  return { scheme: scheme.toLowerCase(), host: authority.slice(userEnd + 1), userInfo, query, fragment }
}

function problemOf(text: string): string | undefined {
  const hasControl = [...text].some((char) => char < ' ' || char === '\x7f')
  if (hasControl) return 'net/url: invalid control character in URL'
  const [beforeQuery] = cut(cut(text, '#')[0], '?')
  if (beforeQuery.startsWith(':')) return 'missing protocol scheme'
  const { scheme, rest } = schemeOf(beforeQuery)
  if (scheme === '' && !rest.startsWith('/') && (rest.split('/')[0] ?? '').includes(':'))
    return 'first path segment in URL cannot contain colon'
  const authority = authorityOf(scheme, rest)
  const isOpaque = scheme !== '' && !rest.startsWith('/')
  return authorityProblem(authority) ?? (isOpaque ? undefined : escapeProblem(rest))
}

function authorityProblem(authority: string): string | undefined {
  const userEnd = authority.lastIndexOf('@')
  if (userEnd >= 0 && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, userEnd))) return 'net/url: invalid userinfo'
  const host = authority.slice(userEnd + 1)
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host"
  const port = host.slice(host.startsWith('[') ? host.lastIndexOf(']') + 1 : host.indexOf(':') < 0 ? host.length : host.lastIndexOf(':'))
  if (port !== '' && !/^:[0-9]*$/.test(port)) return `invalid port ${JSON.stringify(port)} after host`
  const bad = /[\s"<>\\^`{|}]/.exec(host)
  return bad === null ? undefined : `invalid character ${JSON.stringify(bad[0])} in host name`
}

function escapeProblem(path: string): string | undefined {
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)
  return bad === null ? undefined : `invalid URL escape ${JSON.stringify(bad[0])}`
}

function schemeOf(text: string): { readonly scheme: string; readonly rest: string } {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)
  return match === null ? { scheme: '', rest: text } : { scheme: match[1] ?? '', rest: text.slice(match[0].length) }
}

function authorityOf(scheme: string, rest: string): string {
  return rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///')) ? (rest.slice(2).split('/')[0] ?? '') : ''
}

function cut(text: string, separator: string): readonly [before: string, after: string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
