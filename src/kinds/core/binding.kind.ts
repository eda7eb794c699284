/** Gives a pod its node; posted to the collection in the old way, or to the pod's subresource. */
import { defineKind, type Kind } from '#meta/kind'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type Binding = types.Binding
export const Binding: Kind<Binding> = defineKind({
  apiVersion: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  scope: 'Namespaced',
  verbs: ['create'],
  isVirtual: true,
  schema: schemas.Binding,
})
