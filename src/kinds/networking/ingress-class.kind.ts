/** Who serves ingresses. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import { validateIngressClass, validateIngressClassUpdate } from './ingress-class-validation.ts'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

export type IngressClass = types.IngressClass
export const IngressClass: Kind<IngressClass> = defineKind({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  checksMetaAnew: true,
  hasGeneration: true,
  schema: schemas.IngressClass,
  columns: [
    nameColumn,
    {
      name: 'Controller',
      type: 'string',
      description: 'Controller that is responsible for handling this class',
      cell: (object) => object.spec.controller ?? '',
    },
    {
      name: 'Parameters',
      type: 'string',
      description: 'A reference to a resource with additional parameters',
      cell: (object) => parametersOf(object),
    },
    ageColumn,
  ],
  validate: validateIngressClass,
  update: { validate: validateIngressClassUpdate, validatesAlone: true },
  defaults: (object) =>
    object.spec.parameters === undefined
      ? object
      : { ...object, spec: { ...object.spec, parameters: { scope: 'Cluster', ...object.spec.parameters } } },
})

function parametersOf({ spec: { parameters } }: IngressClass): string {
  if (parameters === undefined) return '<none>'
  const group = parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`
  return `${parameters.kind}${group}/${parameters.name}`
}
