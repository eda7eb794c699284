/** The file behind `--authorization-config`: which authorizers are asked, in which order. */
import type { Clock } from '#base/env/clock'
import { readConfigFile } from '#component/config-file'
import { ConfigReader } from '../config-reader.ts'
import { reviewClientOfKubeconfig } from '../webhooks/review-client.ts'
import type { WebhookAuthorizerOptions } from './webhook-authorizer.ts'

export const authorizationModes = ['Node', 'RBAC', 'AlwaysAllow', 'AlwaysDeny'] as const
export type AuthorizationMode = (typeof authorizationModes)[number]
export type AuthorizerChoice = AuthorizationMode | WebhookAuthorizerOptions

const versions = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)
const shape = { apiVersions: versions, kind: 'AuthorizationConfiguration', fields: ['authorizers'] }

export async function readAuthorizationConfiguration(path: string, clock: Clock): Promise<readonly AuthorizerChoice[]> {
  const authorizers = ConfigReader.of(path, await readConfigFile(path, shape)).list('authorizers')
  if (authorizers.length === 0) throw new Error(`${path}: authorizers: Required value: at least one authorization mode must be defined`)
  const choices: AuthorizerChoice[] = []
  const names = new Set<string>()
  for (const authorizer of authorizers) {
    const type = authorizer.choice('type', [...authorizationModes, 'Webhook'])
    const name = authorizer.text('name')
    const key = type === 'Webhook' ? `Webhook ${name}` : type
    if (names.has(key)) throw new Error(`${path}: authorizers: Duplicate value: ${JSON.stringify(key)}`)
    names.add(key)
    choices.push(type === 'Webhook' ? await webhookOf(name, authorizer.object('webhook'), clock) : type)
  }
  return choices
}

const fiveMinutesMs = 300_000

async function webhookOf(name: string, config: ConfigReader, clock: Clock): Promise<WebhookAuthorizerOptions> {
  if (config.list('matchConditions').length > 0) throw new Error(`authorizer ${name}: matchConditions: expressions are not supported`)
  const connection = config.object('connectionInfo')
  connection.choice('type', ['KubeConfigFile'])
  const keeps = (field: string) => (config.flag(field, true) ? 1 : 0)
  return {
    name,
    client: await reviewClientOfKubeconfig(connection.text('kubeConfigFile'), clock, config.duration('timeout', 30_000)),
    version: config.choice('subjectAccessReviewVersion', ['v1', 'v1beta1']),
    authorizedMs: config.duration('authorizedTTL', fiveMinutesMs) * keeps('cacheAuthorizedRequests'),
    unauthorizedMs: config.duration('unauthorizedTTL', 30_000) * keeps('cacheUnauthorizedRequests'),
    failurePolicy: config.choice('failurePolicy', ['NoOpinion', 'Deny']),
  }
}
