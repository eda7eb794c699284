/** Webhooks that may refuse what is written. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'
import { webhookCountColumn, withWebhookDefaults } from './webhook-configuration.ts'
import { validateWebhooks } from './webhook-validation.ts'

export type ValidatingWebhookConfiguration = types.ValidatingWebhookConfiguration
export const ValidatingWebhookConfiguration: Kind<ValidatingWebhookConfiguration> = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  takesBareFinalizers: true,
  hasGeneration: true,
  updatesUnconditionally: false,
  schema: schemas.ValidatingWebhookConfiguration,
  columns: [nameColumn, webhookCountColumn, ageColumn],
  defaults: (configuration) => withWebhookDefaults(configuration, {}),
  validate: (configuration) => validateWebhooks(configuration),
})
