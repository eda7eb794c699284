/** Webhooks that may change what is written. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'
import { webhookCountColumn, withWebhookDefaults } from './webhook-configuration.ts'
import { validateWebhooks } from './webhook-validation.ts'

export type MutatingWebhookConfiguration = types.MutatingWebhookConfiguration
export const MutatingWebhookConfiguration: Kind<MutatingWebhookConfiguration> = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  takesBareFinalizers: true,
  hasGeneration: true,
  updatesUnconditionally: false,
  schema: schemas.MutatingWebhookConfiguration,
  columns: [nameColumn, webhookCountColumn, ageColumn],
  defaults: (configuration) => withWebhookDefaults(configuration, { reinvocationPolicy: 'Never' }),
  validate: (configuration) => validateWebhooks(configuration),
})
