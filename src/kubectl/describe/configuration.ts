/** ConfigMaps, Secrets and ServiceAccounts. */
import type { ConfigMap, Secret, ServiceAccount } from '#kinds/core/types.gen'
import { collection } from './collections.ts'
import { labelAndAnnotationLines, nameLines } from './identity.ts'
import { byKey, type Lines } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export async function describeConfigMap(map: ConfigMap, around: Surroundings): Promise<Lines> {
  const { data = {}, binaryData = {} } = map
  return [
    ...nameLines(map),
    ...labelAndAnnotationLines(map),
    '',
    'Data',
    '====',
    ...Object.entries(data)
      .toSorted(byKey)
      .flatMap(([key, value]) => [`${key}:`, '----', ...value.split('\n'), '']),
    '',
    'BinaryData',
    '====',
    ...Object.entries(binaryData)
      .toSorted(byKey)
      .map(([key, value]) => `${key}: ${byteCount(value)} bytes`),
    '',
    ...(await around.events(map)),
  ]
}

export function describeSecret(secret: Secret): Lines {
  const { data = {}, type = '' } = secret
  const isShown = (key: string) => type === 'kubernetes.io/service-account-token' && key === 'token'
  return [
    ...nameLines(secret),
    ...labelAndAnnotationLines(secret),
    '',
    `Type:\t${type}`,
    '',
    'Data',
    '====',
    ...Object.entries(data)
      .toSorted(byKey)
      .map(([key, value]) => (isShown(key) ? `${key}:\t${Buffer.from(value, 'base64').toString()}` : `${key}:\t${byteCount(value)} bytes`)),
  ]
}

function byteCount(base64: string): number {
  return Buffer.byteLength(base64, 'base64')
}

const secrets = collection<Secret>('secrets')

export async function describeServiceAccount(account: ServiceAccount, around: Surroundings): Promise<Lines> {
  const pullSecrets = (account.imagePullSecrets ?? []).map(({ name = '' }) => name)
  return [
    ...nameLines(account),
    ...labelAndAnnotationLines(account),
    ...(pullSecrets.length === 0 ? ['Image pull secrets:\t<none>'] : await pullSecretLines(account, pullSecrets, around)),
    ...(await around.events(account)),
  ]
}

/** A secret of the account's that is missing is marked; others are not looked up, as upstream does. */
async function pullSecretLines(
  { metadata, secrets: own = [] }: ServiceAccount,
  names: readonly string[],
  around: Surroundings,
): Promise<Lines> {
  const found = await around.list(secrets, { namespace: metadata.namespace ?? '' })
  const isMissing = (name: string) => own.some((secret) => secret.name === name) && !found.some((secret) => secret.metadata.name === name)
  return names.map(
    (name, index) => `${index === 0 ? 'Image pull secrets:' : '                   '}\t${name}${isMissing(name) ? ' (not found)' : ''}`,
  )
}
