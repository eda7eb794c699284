/** `--etcd-servers-overrides`: resources that lie on etcd servers of their own. */
import { FlagError } from '#component/flags'

/** Servers by GROUP/RESOURCE; nothing stands before the slash for the core group. */
export function parseEtcdOverrides(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(texts.map(parseOverride))
}

function parseOverride(text: string): readonly [resource: string, servers: readonly string[]] {
  const [, resource, servers = ''] = /^([^/#]*\/[^/#]+)#([^#]+)$/.exec(text) ?? []
  if (resource !== undefined) return [resource, servers.split(';')]
  const form = 'group/resource#servers, where servers are URLs, semicolon separated'
  throw new FlagError(`--etcd-servers-overrides invalid, must be of format: ${form}: ${JSON.stringify(text)}`)
}
