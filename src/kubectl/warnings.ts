/** The texts in `Warning` headers (RFC 7234): `299 - "text"`, several joined by commas. */
export function warningsOf(header: string): readonly string[] {
  return [...header.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'))
}
