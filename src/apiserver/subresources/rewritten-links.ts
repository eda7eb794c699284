/** Links in what a proxied server answers: those to its own root are led back through the proxy. */

export type ProxiedPlace = {
  /** Where the proxy serves it, as `/api/v1/namespaces/default/pods/web/proxy`. */
  readonly prefix: string
  /** Names, with port, under which the server may mean itself. */
  readonly ownHosts: readonly string[]
}

/** A link to another host and one that is relative stay as they are. */
export function rewrittenLink(link: string, { prefix, ownHosts }: ProxiedPlace): string {
  const parts = /^(?:(?:[a-z][a-z0-9+.-]*:)?\/\/(?<host>[^/?#]*))?(?<path>[^?#]*)(?<rest>.*)$/is.exec(link)?.groups
  const { host, path = '', rest = '' } = parts ?? {}
  if ((host !== undefined && !ownHosts.includes(host)) || !path.startsWith('/')) return link
  const isLedBack = path === prefix || path.startsWith(`${prefix}/`)
  return isLedBack ? path + rest : prefix + path + rest
}

/** The attributes that hold links, by element (as upstream's proxy transport knows them). */
const linkAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['formaction', 'src', 'usemap'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  track: ['src'],
  video: ['poster', 'src'],
}

/** Comments pass as they are; so does what stands between tags. */
const commentOrTag = /<!--[\s\S]*?-->|<(?<element>[a-z][a-z0-9]*)(?<attributes>(?:[^>"']|"[^"]*"|'[^']*')*)>/gi
const attribute = /(?<before>\s(?<name>[a-z-]+)\s*=\s*)(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s"'>]+))/gi

export function rewrittenPage(html: string, place: ProxiedPlace): string {
  return html.replaceAll(commentOrTag, (tag: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as { readonly element?: string; readonly attributes?: string }
    const names = linkAttributes[groups.element?.toLowerCase() ?? '']
    if (names === undefined || groups.attributes === undefined) return tag
    return `<${groups.element}${withLinks(groups.attributes, names, place)}>`
  })
}

function withLinks(attributes: string, names: readonly string[], place: ProxiedPlace): string {
  return attributes.replaceAll(attribute, (text: string, ...rest: unknown[]) => {
    const { before = '', name = '', double, single, bare } = rest.at(-1) as Readonly<Record<string, string | undefined>>
    if (!names.includes(name.toLowerCase())) return text
    const quote = double !== undefined ? '"' : single !== undefined ? "'" : ''
    return `${before}${quote}${rewrittenLink(double ?? single ?? bare ?? '', place)}${quote}`
  })
}
