/** Registry credentials out of a pod's `imagePullSecrets`. */
import type { Pod, Secret } from '#kinds/core/types.gen'

export type Credentials = { readonly username: string; readonly password: string }
type AuthEntry = { readonly username?: string; readonly password?: string; readonly auth?: string }

/** Those whose registry the image names; a secret that is missing or malformed counts as none, as upstream. */
export async function credentialsFor(
  pod: Pod,
  image: string,
  secretOf: (namespace: string, name: string) => Promise<Secret | undefined>,
): Promise<readonly Credentials[]> {
  const secrets = await Promise.all((pod.spec?.imagePullSecrets ?? []).map(({ name = '' }) => secretOf(pod.metadata.namespace ?? '', name)))
  return secrets
    .flatMap((secret) => (secret === undefined ? [] : entriesOf(secret)))
    .flatMap(([registry, entry]) => {
      if (!isOf(image, registry)) return []
      const credentials = decoded(entry)
      return credentials === undefined ? [] : [credentials]
    })
}

function entriesOf(secret: Secret): readonly (readonly [string, AuthEntry])[] {
  const text = secret.data?.['.dockerconfigjson'] ?? secret.data?.['.dockercfg']
  if (text === undefined) return []
  try {
    const config = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as { readonly auths?: Record<string, AuthEntry> }
    return Object.entries(config.auths ?? (config as Record<string, AuthEntry>))
  } catch {
    return []
  }
}

function isOf(image: string, registry: string): boolean {
  const host = registry.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '')
  const first = image.split('/')[0] ?? ''
  const isNamed = image.includes('/') && /[.:]|^localhost$/.test(first)
  const full = isNamed ? image : `docker.io/${image}`
  return host === 'index.docker.io' ? full.startsWith('docker.io/') : full === host || full.startsWith(`${host}/`)
}

function decoded(entry: AuthEntry): Credentials | undefined {
  if (entry.username !== undefined && entry.password !== undefined) return { username: entry.username, password: entry.password }
  if (entry.auth === undefined) return undefined
  const text = Buffer.from(entry.auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
