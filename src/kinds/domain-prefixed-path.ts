/** Names such as `acme.io/foo`: a domain, a slash and a path. */
import { type FieldErrors, type FieldPath, invalid, required } from '#meta/field-path'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'

const pathPattern = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/

export function* validateDomainPrefixedPath(text: string, at: FieldPath): FieldErrors {
  if (text === '') return yield required(at)
  const slash = text.indexOf('/')
  if (slash <= 0 || slash === text.length - 1) return yield invalid(at, text, 'must be a domain-prefixed path (such as "acme.io/foo")')
  const [host, path] = [text.slice(0, slash), text.slice(slash + 1)]
  yield* invalidEach(at, host, isDns1123Subdomain(host))
  if (!pathPattern.test(path)) {
    yield invalid(at, path, `Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`)
  }
}
