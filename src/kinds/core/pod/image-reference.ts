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

/** The pull policy of a container that does not give one: what is `latest` may change, and what is no image cannot. */
export function imagePullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  return imageTagOf(image) === 'latest' && isImageName(image) ? 'Always' : 'IfNotPresent'
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const path = new RegExp(`^${component}(?:/${component})*$`)
const pathLengthMax = 255
const tag = /^\w[\w.-]{0,127}$/
const domain = /^(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/

/** What stands before the first slash is a registry if it looks like a host. */
function isImageName(image: string): boolean {
  const [name = ''] = image.split('@')
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const rest = hasDomain ? name.slice(slash + 1) : name
  const [repository = '', ...tags] = rest.split(':')
  return (
    (!hasDomain || domain.test(first)) &&
    path.test(repository) &&
    repository.length <= pathLengthMax &&
    tags.length <= 1 &&
    tags.every((one) => tag.test(one))
  )
}
