/** What requests carry and what they are answered, as documents list it. */
import type { Schema } from '#meta/schema/schema'
import { DeleteOptions } from '#meta/schema.gen'

/** `patch` is a change of any form. */
export type Body = { readonly schema: Schema | 'patch'; readonly isRequired: boolean }

export type Response = { readonly code: number; readonly schema: Schema | 'text'; readonly types: readonly string[] }
export type Responses = readonly Response[]

export const deleteBody: Body = { schema: DeleteOptions, isRequired: false }
export const patchBody: Body = { schema: 'patch', isRequired: true }

export const objectTypes: readonly string[] = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
]
const typesOf = {
  object: objectTypes,
  stream: [...objectTypes, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch', 'application/cbor-seq'],
  log: ['text/plain', ...objectTypes],
  any: ['*/*'],
}

export function answersOf(codes: readonly number[], schema: Schema | 'text', form: keyof typeof typesOf): Responses {
  return codes.map((code) => ({ code, schema, types: typesOf[form] }))
}

/** By status code. */
export const responseTexts: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted', 401: 'Unauthorized' }
