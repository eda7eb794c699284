/** What a container image's name says: `registry:5000/path/name:tag@sha256:...`. */

/** `latest` where there is neither a tag nor a digest; '' where there is only a digest. */
export function imageTagOf(image: string): string {
  const at = image.indexOf('@')
  const name = at < 0 ? image : image.slice(0, at)
  const colon = name.lastIndexOf(':')
  const hasTag = colon > name.lastIndexOf('/')
  if (hasTag) return name.slice(colon + 1)
  return at < 0 ? 'latest' : ''
}

/** The pull policy of a container that does not give one: what is `latest` may change. */
export function imagePullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  return imageTagOf(image) === 'latest' ? 'Always' : 'IfNotPresent'
}
