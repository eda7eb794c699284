/** What the configurations of both sorts of webhooks have in common. */
import type { KubeObject } from '#meta/object'
import type { Column } from '#meta/table'
import type * as types from './types.gen.ts'

type Webhook = types.MutatingWebhook | types.ValidatingWebhook
type Configuration<W extends Webhook> = KubeObject & { readonly webhooks?: readonly W[] }

export const webhookCountColumn: Column<Configuration<Webhook>> = {
  name: 'Webhooks',
  type: 'integer',
  description: 'Webhooks indicates the number of webhooks registered in this configuration',
  cell: ({ webhooks = [] }) => webhooks.length,
}

/** `further` are the defaults of one sort alone. */
export function withWebhookDefaults<W extends Webhook, C extends Configuration<W>>(configuration: C, further: Partial<W>): C {
  const webhooks = configuration.webhooks?.map((webhook) => ({
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    ...further,
    ...webhook,
    clientConfig: withPort(webhook.clientConfig),
    ...(webhook.rules === undefined ? {} : { rules: webhook.rules.map((rule) => ({ scope: '*', ...rule })) }),
  }))
  return webhooks === undefined ? configuration : { ...configuration, webhooks }
}

function withPort(config: types.WebhookClientConfig): types.WebhookClientConfig {
  return config.service === undefined ? config : { ...config, service: { port: 443, ...config.service } }
}
