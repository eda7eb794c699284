/** Webhooks that may change what is written. */
import { defineKind, type Kind } from '#meta/kind'
import { ageColumn, nameColumn } from '#meta/table'
import * as schemas from './schema.gen.ts'
import type * as types from './types.gen.ts'

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
  columns: [
    nameColumn,
    { name: 'Webhooks', type: 'integer', description: 'How many there are.', cell: (object) => (object.webhooks ?? []).length },
    ageColumn,
  ],
  defaults: withDefaults,
})

function withDefaults(configuration: MutatingWebhookConfiguration): MutatingWebhookConfiguration {
  const webhooks = configuration.webhooks?.map((webhook) => ({
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    reinvocationPolicy: 'Never',
    ...webhook,
    clientConfig: withPort(webhook.clientConfig),
    ...(webhook.rules === undefined ? {} : { rules: webhook.rules.map((rule) => ({ scope: '*', ...rule })) }),
  }))
  return webhooks === undefined ? configuration : { ...configuration, webhooks }
}

function withPort(config: types.WebhookClientConfig): types.WebhookClientConfig {
  return config.service === undefined ? config : { ...config, service: { port: 443, ...config.service } }
}
