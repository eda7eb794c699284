/** What each type of secret has to hold (upstream: ValidateSecret). */
import { type FieldErrors, FieldPath, invalid, required } from '#meta/field-path'
import { base64ToBytes } from '../base64-text.ts'
import type { Secret } from './types.gen.ts'

const serviceAccountTokenType = 'kubernetes.io/service-account-token'
const serviceAccountNameAnnotation = 'kubernetes.io/service-account.name'

const redacted = '<secret contents redacted>'
const data = FieldPath.of('data')
const decoder = new TextDecoder()

export function* validateSecretType(secret: Secret): FieldErrors {
  switch (secret.type) {
    case serviceAccountTokenType:
      if (!secret.metadata.annotations?.[serviceAccountNameAnnotation]) {
        yield required(FieldPath.of('metadata', 'annotations').key(serviceAccountNameAnnotation))
      }
      return
    case 'kubernetes.io/dockercfg':
      return yield* validateJsonKey(secret, '.dockercfg')
    case 'kubernetes.io/dockerconfigjson':
      return yield* validateJsonKey(secret, '.dockerconfigjson')
    case 'kubernetes.io/basic-auth':
      if (secret.data?.username === undefined && secret.data?.password === undefined) {
        yield required(data.key('username'))
        yield required(data.key('password'))
      }
      return
    case 'kubernetes.io/ssh-auth':
      if (!secret.data?.['ssh-privatekey']) yield required(data.key('ssh-privatekey'))
      return
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) if (secret.data?.[key] === undefined) yield required(data.key(key))
  }
}

function* validateJsonKey(secret: Secret, key: string): FieldErrors {
  const value = secret.data?.[key]
  if (value === undefined) return yield required(data.key(key))
  const problem = jsonProblemOf(decoder.decode(base64ToBytes(value)))
  if (problem !== undefined) yield invalid(data.key(key), redacted, problem)
}

/** In the words of Go's decoder, as clients see them. */
function jsonProblemOf(text: string): string | undefined {
  if (text.trim() === '') return 'unexpected end of JSON input'
  try {
    JSON.parse(text)
    return undefined
  } catch {
    const first = text.trimStart().slice(0, 1)
    return '{["0123456789-tfn'.includes(first)
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`
  }
}
