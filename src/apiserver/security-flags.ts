/** The flags that say who may come in and who decides what they may do, and what the files behind them hold. */
import { readFile } from 'node:fs/promises'
import type { Clock } from '#base/env/clock'
import { boolFlag, durationFlag, FlagError, type FlagValues, listFlag, mapFlag, stringFlag } from '#component/flags'
import { type ConfiguredIssuer, readAuthenticationConfiguration, signingAlgorithms } from './authn/authentication-configuration.ts'
import { type AuthorizerChoice, authorizationModes, readAuthorizationConfiguration } from './authz/authorization-configuration.ts'
import type { SecurityOptions } from './security.ts'
import { reviewClientOfKubeconfig } from './webhooks/review-client.ts'

export const securityFlags = {
  'anonymous-auth': boolFlag(true, 'Lets requests without credentials in as system:anonymous; what they may do, authorization says.'),
  'authentication-config': stringFlag('', 'File with the issuers whose tokens are taken, and the paths that are open to everyone.'),
  'authentication-token-webhook-cache-ttl': durationFlag(120_000, 'How long answers of the token service are remembered.'),
  'authentication-token-webhook-config-file': stringFlag('', 'Kubeconfig file of a service that says whose a token is.'),
  'authentication-token-webhook-version': stringFlag('v1beta1', 'The version of the TokenReview that is sent to it.'),
  'authorization-config': stringFlag('', 'File with the authorizers; instead of the other authorization flags.'),
  'authorization-mode': listFlag([], 'Ordered list of authorizers: AlwaysAllow, AlwaysDeny, Node, RBAC, Webhook; AlwaysAllow unless told.'),
  'authorization-webhook-cache-authorized-ttl': durationFlag(300_000, 'How long it is remembered that something is allowed.'),
  'authorization-webhook-cache-unauthorized-ttl': durationFlag(30_000, 'How long it is remembered that something is not.'),
  'authorization-webhook-config-file': stringFlag('', 'Kubeconfig file of the service behind --authorization-mode=Webhook.'),
  'authorization-webhook-version': stringFlag('v1beta1', 'The version of the SubjectAccessReview that is sent to it.'),
  'oidc-ca-file': stringFlag('', 'Certificates of the authority of the OpenID server; those of this machine unless told.'),
  'oidc-client-id': stringFlag('', 'Whom the tokens of the OpenID server have to be for.'),
  'oidc-groups-claim': stringFlag('', 'The claim that names groups.'),
  'oidc-groups-prefix': stringFlag('', 'What is put before each of these groups.'),
  'oidc-issuer-url': stringFlag('', 'The OpenID server whose tokens are taken; https only.'),
  'oidc-required-claim': mapFlag({}, 'Claims that a token must have, with their values.'),
  'oidc-signing-algs': listFlag([], 'Algorithms by which such tokens may be signed; RS256 unless told.'),
  'oidc-username-claim': stringFlag('sub', 'The claim that names the user.'),
  'oidc-username-prefix': stringFlag('', 'What is put before the name; the issuer unless told, "-" for nothing.'),
} as const

type Flags = FlagValues<typeof securityFlags>
type Choices = Pick<SecurityOptions, 'authorizers' | 'anonymousPaths' | 'issuers' | 'tokenWebhook'>

const webhookTimeoutMs = 30_000

/** Throws FlagError where flags contradict each other. */
export async function securityChoices(flags: Flags, clock: Clock): Promise<Choices> {
  const file = flags['authentication-config']
  const configured = file === '' ? undefined : await readAuthenticationConfiguration(file)
  const oidc = await oidcIssuer(flags)
  if (configured !== undefined && configured.issuers.length > 0 && oidc !== undefined)
    throw new FlagError('authentication-config file and oidc-* flags are mutually exclusive')
  const anonymous = configured?.anonymous ?? { isEnabled: flags['anonymous-auth'] }
  return {
    authorizers: await authorizerChoices(flags, clock),
    anonymousPaths: anonymous.isEnabled ? anonymous.paths : [],
    issuers: [...(configured?.issuers ?? []), ...(oidc === undefined ? [] : [oidc])],
    tokenWebhook: await tokenWebhookOf(flags, clock),
  }
}

async function authorizerChoices(flags: Flags, clock: Clock): Promise<readonly AuthorizerChoice[]> {
  const file = flags['authorization-config']
  const modes = flags['authorization-mode']
  const webhookFile = flags['authorization-webhook-config-file']
  if (file !== '') {
    if (modes.length > 0 || webhookFile !== '')
      throw new FlagError(
        '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are defined',
      )
    return await readAuthorizationConfiguration(file, clock)
  }
  return await Promise.all((modes.length === 0 ? ['AlwaysAllow'] : modes).map((mode) => authorizerChoice(mode, flags, clock)))
}

async function authorizerChoice(mode: string, flags: Flags, clock: Clock): Promise<AuthorizerChoice> {
  const known = authorizationModes.find((one) => one === mode)
  if (known !== undefined) return known
  if (mode !== 'Webhook')
    throw new FlagError(`--authorization-mode: ${JSON.stringify(mode)} is not known: use ${authorizationModes.join(', ')} or Webhook`)
  const file = flags['authorization-webhook-config-file']
  if (file === '') throw new FlagError("authorization-mode Webhook's authorization config file not passed")
  return {
    name: 'Webhook',
    client: await reviewClientOfKubeconfig(file, clock, webhookTimeoutMs),
    version: reviewVersion(flags['authorization-webhook-version']),
    authorizedMs: flags['authorization-webhook-cache-authorized-ttl'],
    unauthorizedMs: flags['authorization-webhook-cache-unauthorized-ttl'],
    failurePolicy: 'NoOpinion',
  }
}

async function tokenWebhookOf(flags: Flags, clock: Clock): Promise<Choices['tokenWebhook']> {
  const file = flags['authentication-token-webhook-config-file']
  if (file === '') return undefined
  return {
    client: await reviewClientOfKubeconfig(file, clock, webhookTimeoutMs),
    version: reviewVersion(flags['authentication-token-webhook-version']),
    rememberedMs: flags['authentication-token-webhook-cache-ttl'],
  }
}

function reviewVersion(text: string): 'v1' | 'v1beta1' {
  if (text === 'v1' || text === 'v1beta1') return text
  throw new FlagError(`unsupported webhook version ${JSON.stringify(text)}: supported versions are v1, v1beta1`)
}

async function oidcIssuer(flags: Flags): Promise<ConfiguredIssuer | undefined> {
  const [url, client, authority] = [flags['oidc-issuer-url'], flags['oidc-client-id'], flags['oidc-ca-file']]
  if ((url === '') !== (client === ''))
    throw new FlagError('oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set')
  if (url === '') return undefined
  if (!url.startsWith('https://')) throw new FlagError(`oidc-issuer-url: ${JSON.stringify(url)}: URL scheme must be https`)
  const algorithms = flags['oidc-signing-algs'].length === 0 ? ['RS256'] : flags['oidc-signing-algs']
  const unknown = algorithms.find((algorithm) => !signingAlgorithms.includes(algorithm))
  if (unknown !== undefined) throw new FlagError(`oidc: unsupported signing alg: ${JSON.stringify(unknown)}`)
  const groupsClaim = flags['oidc-groups-claim']
  return {
    url,
    algorithms,
    audiences: [client],
    requiredClaims: flags['oidc-required-claim'],
    username: { claim: flags['oidc-username-claim'], prefix: usernamePrefix(flags) },
    groups: groupsClaim === '' ? undefined : { claim: groupsClaim, prefix: flags['oidc-groups-prefix'] },
    authority: authority === '' ? undefined : await readFile(authority, 'utf8'),
  }
}

/** As upstream: names that are not mail addresses could be anybody's, so the issuer stands before them. */
function usernamePrefix(flags: Flags): string {
  const prefix = flags['oidc-username-prefix']
  if (prefix === '-') return ''
  if (prefix !== '' || flags['oidc-username-claim'] === 'email') return prefix
  return `${flags['oidc-issuer-url']}#`
}
