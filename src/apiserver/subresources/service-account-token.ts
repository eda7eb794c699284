/** POST of `serviceaccounts/token`. */
import { TokenRequest as tokenRequestSchema } from '#kinds/authentication/schema.gen'
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { DecodingError, decode } from '#meta/schema/decode'
import { badRequest } from '#meta/status'
import { valueAnswer } from '../registry/answers.ts'
import { readValue } from '../request/read-body.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'
import { issueToken, type TokenRequestDeps } from '../tokens/token-request.ts'

export function serviceAccountToken(deps: TokenRequestDeps): ResourceHandler {
  return async (_registry, { request, info }) => {
    const wanted = decoded((await readValue(request, 'TokenRequest'))?.value)
    return valueAnswer(await issueToken({ namespace: info.namespace, name: info.name }, wanted, deps), 201)
  }
}

function decoded(value: unknown): TokenRequest {
  try {
    const named =
      typeof value === 'object' && value !== null ? { ...value, kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' } : value
    return decode<TokenRequest>(tokenRequestSchema, named)
  } catch (error) {
    if (error instanceof DecodingError)
      throw badRequest(`TokenRequest in version "v1" cannot be handled as a TokenRequest: ${error.message}`, error)
    throw error
  }
}
