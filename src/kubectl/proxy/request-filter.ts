/** Which requests a proxy lets through: hosts and paths by patterns, so that a web page cannot reach the cluster through it. Pure. */

export type RequestFilter = {
  readonly acceptPaths: readonly RegExp[]
  readonly rejectPaths: readonly RegExp[]
  readonly acceptHosts: readonly RegExp[]
  readonly rejectMethods: readonly RegExp[]
}

/** Patterns are joined by commas. Throws a SyntaxError for one that is none. */
export function patternsOf(text: string): readonly RegExp[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => new RegExp(part))
}

export function isAllowed(
  filter: RequestFilter,
  request: { readonly method: string; readonly path: string; readonly host: string },
): boolean {
  const host = request.host.replace(/:\d+$/, '')
  const fits = (patterns: readonly RegExp[], text: string) => patterns.some((pattern) => pattern.test(text))
  if (fits(filter.rejectPaths, request.path) || fits(filter.rejectMethods, request.method)) return false
  return fits(filter.acceptPaths, request.path) && fits(filter.acceptHosts, host)
}
