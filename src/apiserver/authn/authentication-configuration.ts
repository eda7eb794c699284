/** The file behind `--authentication-config`: whose tokens are taken, and where nobody has to say who he is. */
import { readConfigFile } from '#component/config-file'
import { ConfigReader } from '../config-reader.ts'
import type { ClaimMapping, JwtIssuerOptions } from './jwt-issuer.ts'

export type AuthenticationConfiguration = {
  readonly issuers: readonly ConfiguredIssuer[]
  /** Absent where the file does not speak of it: then the flag counts. */
  readonly anonymous?: AnonymousChoice | undefined
}

export type ConfiguredIssuer = JwtIssuerOptions & { readonly discoveryUrl?: string | undefined; readonly authority?: string | undefined }

/** `paths`: the only ones; absent means all. */
export type AnonymousChoice = { readonly isEnabled: boolean; readonly paths?: readonly string[] | undefined }

const versions = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)
const shape = { apiVersions: versions, kind: 'AuthenticationConfiguration', fields: ['jwt', 'anonymous'] }

export const signingAlgorithms: readonly string[] = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512']

export async function readAuthenticationConfiguration(path: string): Promise<AuthenticationConfiguration> {
  return authenticationConfiguration(path, await readConfigFile(path, shape))
}

/** Pure part; `path` is for messages. */
export function authenticationConfiguration(path: string, document: unknown): AuthenticationConfiguration {
  const config = ConfigReader.of(path, document)
  const issuers = config.list('jwt').map(issuerOf)
  const urls = issuers.map(({ url }) => url)
  const twice = urls.find((url, index) => urls.indexOf(url) < index)
  if (twice !== undefined) throw new Error(`${path}: jwt: Duplicate value: ${JSON.stringify(twice)}`)
  return { issuers, ...(config.has('anonymous') ? { anonymous: anonymousOf(config.object('anonymous')) } : {}) }
}

function anonymousOf(config: ConfigReader): AnonymousChoice {
  const isEnabled = config.flag('enabled')
  const paths = config.list('conditions').map((condition) => condition.text('path'))
  if (!isEnabled && paths.length > 0)
    throw new Error('anonymous.conditions: Invalid value: enabled should be set to true when conditions are defined')
  return { isEnabled, ...(paths.length === 0 ? {} : { paths }) }
}

function issuerOf(config: ConfigReader): ConfiguredIssuer {
  refuseExpressions(config)
  const issuer = config.object('issuer')
  const mappings = config.object('claimMappings')
  const url = issuer.text('url')
  if (!url.startsWith('https://')) throw new Error(`jwt.issuer.url: Invalid value: ${JSON.stringify(url)}: URL scheme must be https`)
  const audiences = issuer.texts('audiences')
  if (audiences.length === 0) throw new Error('jwt.issuer.audiences: Required value: at least one audience is required')
  const rules = config.list('claimValidationRules').map((rule) => [rule.text('claim'), rule.text('requiredValue', '')] as const)
  const uid = mappings.object('uid').text('claim', '')
  return {
    url,
    audiences,
    algorithms: signingAlgorithms,
    requiredClaims: Object.fromEntries(rules),
    username: mappingOf(mappings.object('username')),
    groups: mappings.object('groups').has('claim') ? mappingOf(mappings.object('groups')) : undefined,
    uidClaim: uid === '' ? undefined : uid,
    discoveryUrl: issuer.has('discoveryURL') ? issuer.text('discoveryURL') : undefined,
    authority: issuer.has('certificateAuthority') ? issuer.text('certificateAuthority') : undefined,
  }
}

/** As upstream, a claim is never taken without saying which prefix it gets. */
function mappingOf(config: ConfigReader): ClaimMapping {
  return { claim: config.text('claim'), prefix: config.text('prefix') }
}

function refuseExpressions(config: ConfigReader): void {
  const mappings = config.object('claimMappings')
  const usesThem =
    config.list('userValidationRules').length > 0 ||
    config.list('claimValidationRules').some((rule) => rule.has('expression')) ||
    ['username', 'groups', 'uid'].some((field) => mappings.object(field).has('expression')) ||
    mappings.list('extra').length > 0
  if (usesThem) throw new Error('jwt: expressions are not supported')
}
