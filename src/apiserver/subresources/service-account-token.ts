/** POST of `serviceaccounts/token`. */
import { TokenRequest as tokenRequestSchema } from '#kinds/authentication/schema.gen'
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { DecodingError, decode } from '#meta/schema/decode'
import { wireForm } from '#meta/schema/encode'
import { badRequest } from '#meta/status'
import { valueAnswer } from '../registry/answers.ts'
import { admissionOf } from '../registry/write-call.ts'
import { readValue } from '../request/read-body.ts'
import { writeOptionsOf } from '../request/write-options.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'
import { issueToken, type TokenRequestDeps } from '../tokens/token-request.ts'

export function serviceAccountToken(deps: TokenRequestDeps): ResourceHandler {
  return async (registry, exchange, kind) => {
    const { request, info, signal } = exchange
    const wanted = decoded((await readValue(request, 'TokenRequest'))?.value)
    const { isDryRun, ...options } = writeOptionsOf(request.query, 'CreateOptions')
    const write = { operation: 'CREATE', subresource: 'token', object: wanted, old: undefined, isDryRun, options } as const
    // Nodes get tokens for the pods that run on them only: that is admission's to check.
    await registry.admission.validate(admissionOf(exchange, kind, write), signal)
    const issued = await issueToken({ namespace: info.namespace, name: info.name }, wanted, deps)
    return valueAnswer(wireForm(tokenRequestSchema, issued), 201)
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
