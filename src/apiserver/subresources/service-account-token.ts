/** POST of `serviceaccounts/token`. */
import { nowRfc3339 } from '#base/env/clock'
import { TokenRequest as tokenRequestSchema } from '#kinds/authentication/schema.gen'
import type { TokenRequest } from '#kinds/authentication/types.gen'
import { emptySet } from '#meta/managed-fields/field-set'
import { noManagers, writeManagers } from '#meta/managed-fields/managers'
import { afterUpdate, type Resource } from '#meta/managed-fields/ownership'
import { withMeta } from '#meta/object'
import { DecodingError, decode } from '#meta/schema/decode'
import { wireForm } from '#meta/schema/encode'
import { badRequest } from '#meta/status'
import type { Exchange } from '../exchange.ts'
import { valueAnswer } from '../registry/answers.ts'
import { type Entries, writerOf, zeroOf } from '../registry/field-owners.ts'
import { admissionOf } from '../registry/write-call.ts'
import { readValue } from '../request/read-body.ts'
import { type WriteOptions, writeOptionsOf } from '../request/write-options.ts'
import type { ResourceHandler } from '../serve/dispatch-resource.ts'
import { issueToken, lifetimeSecondsDefault, type TokenRequestDeps } from '../tokens/token-request.ts'

export function serviceAccountToken(deps: TokenRequestDeps): ResourceHandler {
  return async (registry, exchange, kind) => {
    const { request, info, signal } = exchange
    const wanted = decoded((await readValue(request, 'TokenRequest'))?.value)
    const { isDryRun, ...options } = writeOptionsOf(request.query, 'CreateOptions')
    const write = { operation: 'CREATE', subresource: 'token', object: wanted, old: undefined, isDryRun, options } as const
    // Nodes get tokens for the pods that run on them only: that is admission's to check.
    await registry.admission.validate(admissionOf(exchange, kind, write), signal)
    const owners = ownersOf(exchange, wanted, { ...options, isDryRun }, nowRfc3339(registry.clock))
    const owned = withMeta(wanted, { managedFields: owners })
    const issued = await issueToken({ namespace: info.namespace, name: info.name }, owned, deps)
    return valueAnswer(wireForm(tokenRequestSchema, issued), 201)
  }
}

const form = { schema: tokenRequestSchema, apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' }
const resource: Resource = { ...form, unreachable: emptySet, convert: () => undefined }

/** As upstream: although it is never stored, the request says who has written it. */
function ownersOf(exchange: Exchange, next: TokenRequest, options: WriteOptions, now: string): Entries {
  const writer = { ...writerOf(exchange, options, 'Update'), apiVersion: form.apiVersion, subresource: 'token' }
  return writeManagers(afterUpdate(resource, noManagers, { live: zeroOf(form), next, writer, now }))
}

function decoded(value: unknown): TokenRequest {
  try {
    const named =
      typeof value === 'object' && value !== null ? { ...value, kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' } : value
    const { spec, ...request } = decode<TokenRequest>(tokenRequestSchema, named)
    return { ...request, spec: { ...spec, expirationSeconds: spec.expirationSeconds ?? lifetimeSecondsDefault } }
  } catch (error) {
    if (error instanceof DecodingError)
      throw badRequest(`TokenRequest in version "v1" cannot be handled as a TokenRequest: ${error.message}`, error)
    throw error
  }
}
