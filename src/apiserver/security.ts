/** Who may come in and what they may do: authenticators, authorizers and admission as the options choose them. */
import type { Clock } from '#base/env/clock'
import { parseCertificates } from '#net/pki/certificate'
import type { PluginChoice } from './admission/all-plugins.ts'
import { anonymousAuthenticator } from './authn/anonymous.ts'
import type { ConfiguredIssuer } from './authn/authentication-configuration.ts'
import type { Authenticator } from './authn/authenticator.ts'
import { bearerTokenAuthenticator } from './authn/bearer-token.ts'
import { bootstrapTokenAuthenticator } from './authn/bootstrap-token.ts'
import { clientCertificateAuthenticator } from './authn/client-certificate.ts'
import { IssuerKeys } from './authn/issuer-keys.ts'
import { jwtIssuerAuthenticator } from './authn/jwt-issuer.ts'
import { type LegacyTokenOptions, legacyServiceAccountTokenAuthenticator } from './authn/legacy-service-account-token.ts'
import { requestHeaderAuthenticator } from './authn/request-header.ts'
import { serviceAccountTokenAuthenticator } from './authn/service-account-token.ts'
import { staticTokenAuthenticator } from './authn/static-token.ts'
import type { TokenAuthenticator } from './authn/token-authenticator.ts'
import { type TokenWebhookOptions, tokenWebhookAuthenticator } from './authn/token-webhook.ts'
import type { AuthorizerChoice } from './authz/authorization-configuration.ts'
import type { Authorizer } from './authz/authorizer.ts'
import type { ChangeFeed } from './authz/change-feed.ts'
import { alwaysAllow, alwaysDeny, privilegedGroup } from './authz/fixed.ts'
import { nodeAuthorizer } from './authz/node/node-authorizer.ts'
import { NodeGraph } from './authz/node/node-graph.ts'
import { rbacAuthorizer } from './authz/rbac/rbac.ts'
import { RbacIndex } from './authz/rbac/rbac-index.ts'
import { unionAuthorizer } from './authz/union.ts'
import { webhookAuthorizer } from './authz/webhook-authorizer.ts'
import { bootstrapClusterRoles } from './bootstrap/policy-objects.ts'
import type { FrontProxyOptions } from './bootstrap/system-objects.ts'
import type { StateReader } from './exchange.ts'
import { type SigningKey, signingKeyOf, type VerificationKey, verificationKeysOf } from './tokens/service-account-keys.ts'

export type ServiceAccountOptions = {
  /** The first one signs. */
  readonly issuers: readonly string[]
  /** PEM; without it no tokens are issued. */
  readonly signingKey?: string
  /** PEMs of keys whose tokens are accepted, besides the signing key. */
  readonly verificationKeys: readonly string[]
  /** What a token is for that names no audience; the issuers unless told otherwise. */
  readonly audiences?: readonly string[]
  readonly lifetimeSecondsMax?: number | undefined
  readonly extendsExpiration: boolean
}

export type { FrontProxyOptions } from './bootstrap/system-objects.ts'

export type SecurityOptions = {
  /** Absent: nobody may speak for others by headers. */
  readonly frontProxy?: FrontProxyOptions | undefined
  /** PEM of the authorities of client certificates. */
  readonly clientCa?: string | undefined
  /** Content of a `--token-auth-file`. */
  readonly tokenFile?: string | undefined
  readonly serviceAccounts?: ServiceAccountOptions | undefined
  readonly allowsBootstrapTokens?: boolean
  readonly authorizers: readonly AuthorizerChoice[]
  /** Others whose tokens are taken. */
  readonly issuers?: readonly ConfiguredIssuer[]
  /** A service that knows further tokens. */
  readonly tokenWebhook?: Pick<TokenWebhookOptions, 'client' | 'version' | 'rememberedMs'> | undefined
  /** Absent: every path is open to anonymous requests, authorization decides; empty: none is. */
  readonly anonymousPaths?: readonly string[] | undefined
  readonly admission: PluginChoice
}

export type Security = Disposable & {
  readonly authenticators: readonly Authenticator[]
  readonly tokens: readonly TokenAuthenticator[]
  readonly audiences: readonly string[]
  readonly authorizer: Authorizer
  readonly rbac: RbacIndex | undefined
  readonly signingKey: SigningKey | undefined
  readonly verificationKeys: readonly VerificationKey[]
}

export type SecurityDeps = {
  readonly state: StateReader
  readonly changes: ChangeFeed
  readonly clock: Clock
  readonly labelSecret: LabelSecret
}

export type LabelSecret = LegacyTokenOptions['labelSecret']

export function createSecurity(deps: SecurityDeps, options: SecurityOptions): Security {
  const stack = new DisposableStack()
  const { serviceAccounts } = options
  const signingKey = serviceAccounts?.signingKey === undefined ? undefined : signingKeyOf(serviceAccounts.signingKey)
  const verificationKeys = [
    ...(signingKey === undefined ? [] : [signingKey]),
    ...(serviceAccounts?.verificationKeys ?? []).flatMap(verificationKeysOf),
  ]
  const audiences = serviceAccounts?.audiences ?? serviceAccounts?.issuers ?? []
  const tokens = tokenAuthenticators(deps, options, verificationKeys, audiences)
  const { authorizer, rbac } = authorizerOf(deps, options.authorizers, stack)
  return {
    authenticators: authenticatorsOf(deps.clock, options, tokens, audiences),
    tokens,
    audiences,
    authorizer,
    rbac,
    signingKey,
    verificationKeys,
    [Symbol.dispose]: () => stack.dispose(),
  }
}

function tokenAuthenticators(
  { state, clock, labelSecret }: SecurityDeps,
  options: SecurityOptions,
  keys: readonly VerificationKey[],
  audiences: readonly string[],
): readonly TokenAuthenticator[] {
  const { tokenFile, serviceAccounts, allowsBootstrapTokens, issuers = [], tokenWebhook } = options
  const issuerKeys = ({ url: issuer, discoveryUrl, authority }: ConfiguredIssuer) =>
    new IssuerKeys({ clock, issuer, discoveryUrl, authority })
  return [
    ...(tokenFile === undefined ? [] : [staticTokenAuthenticator(tokenFile)]),
    ...(serviceAccounts === undefined ? [] : [serviceAccountTokenAuthenticator({ issuers: serviceAccounts.issuers, keys, state, clock })]),
    ...(keys.length === 0 ? [] : [legacyServiceAccountTokenAuthenticator({ keys, state, clock, audiences, labelSecret })]),
    ...(allowsBootstrapTokens === true ? [bootstrapTokenAuthenticator({ state, clock })] : []),
    ...issuers.map((issuer) => jwtIssuerAuthenticator(issuer, { clock, audiences, keys: issuerKeys(issuer) })),
    ...(tokenWebhook === undefined ? [] : [tokenWebhookAuthenticator({ ...tokenWebhook, clock, audiences })]),
  ]
}

function authenticatorsOf(
  clock: Clock,
  { clientCa, anonymousPaths, frontProxy }: SecurityOptions,
  tokens: readonly TokenAuthenticator[],
  audiences: readonly string[],
): readonly Authenticator[] {
  const authorities = clientCa === undefined ? undefined : parseCertificates(clientCa)
  return [
    ...(frontProxy === undefined ? [] : [frontProxyAuthenticator(clock, frontProxy)]),
    ...(authorities === undefined ? [] : [clientCertificateAuthenticator({ clock, authorities: () => authorities })]),
    bearerTokenAuthenticator(tokens, audiences),
    ...(anonymousPaths?.length === 0 ? [] : [anonymousAuthenticator(anonymousPaths)]),
  ]
}

function frontProxyAuthenticator(clock: Clock, { clientCaPem, ...options }: FrontProxyOptions): Authenticator {
  const authorities = parseCertificates(clientCaPem)
  return requestHeaderAuthenticator({ ...options, clock, authorities: () => authorities })
}

function authorizerOf({ changes, clock }: SecurityDeps, choices: readonly AuthorizerChoice[], stack: DisposableStack) {
  const authorizers: Authorizer[] = [privilegedGroup]
  let rbac: RbacIndex | undefined
  for (const choice of choices) {
    switch (choice) {
      case 'AlwaysAllow':
        authorizers.push(alwaysAllow)
        break
      case 'AlwaysDeny':
        authorizers.push(alwaysDeny)
        break
      case 'Node':
        authorizers.push(followingNodeAuthorizer(changes, stack))
        break
      case 'RBAC':
        rbac = new RbacIndex()
        stack.use(rbac.follow(changes))
        authorizers.push(rbacAuthorizer(rbac))
        break
      default:
        authorizers.push(webhookAuthorizer(choice, clock))
    }
  }
  return { authorizer: unionAuthorizer(authorizers), rbac }
}

function followingNodeAuthorizer(changes: ChangeFeed, stack: DisposableStack): Authorizer {
  const graph = new NodeGraph()
  stack.use(graph.follow(changes))
  const role = bootstrapClusterRoles.find(({ metadata }) => metadata.name === 'system:node')
  return nodeAuthorizer({ graph, rules: role?.rules ?? [] })
}
