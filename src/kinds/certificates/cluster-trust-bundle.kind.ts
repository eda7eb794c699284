/** Certificates that workloads trust, for everybody or for one signer. Stored as the beta version. */
import { type FieldErrors, FieldPath, immutable, invalid } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isDns1123Subdomain } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { nameColumn } from '#meta/table'
import { servedAs } from '../served-as.ts'
import { validateSignerName } from './certificate-signing-request-validation.ts'
import { pemProblem } from './pem-certificates.ts'
import * as alpha from './schema.v1alpha1.gen.ts'
import * as schemas from './schema.v1beta1.gen.ts'
import type * as alphaTypes from './types.v1alpha1.gen.ts'
import type * as types from './types.v1beta1.gen.ts'

export type ClusterTrustBundle = types.ClusterTrustBundle
export const ClusterTrustBundle: Kind<ClusterTrustBundle> = defineKind({
  apiVersion: 'certificates.k8s.io/v1beta1',
  kind: 'ClusterTrustBundle',
  plural: 'clustertrustbundles',
  scope: 'Cluster',
  schema: schemas.ClusterTrustBundle,
  columns: [
    nameColumn,
    { name: 'SignerName', type: 'string', describedBy: 'spec.signerName', cell: ({ spec }) => spec.signerName || '<none>' },
  ],
  // The name depends on the signer, so it is checked with the rest.
  validateName: () => [],
  validate: validateBundle,
  update: { validate: (next, old) => immutable(spec.field('signerName'), next.spec.signerName ?? '', old.spec.signerName ?? '') },
  selectableFields: { 'spec.signerName': ({ spec: { signerName = '' } }) => signerName },
  updatesUnconditionally: false,
})

export const ClusterTrustBundleV1alpha1: Kind<alphaTypes.ClusterTrustBundle> = servedAs(ClusterTrustBundle, {
  apiVersion: 'certificates.k8s.io/v1alpha1',
  schema: alpha.ClusterTrustBundle,
  deprecation: { since: '1.34', goneIn: '1.37' },
})

const spec = FieldPath.of('spec')
const nameAt = FieldPath.of('metadata', 'name')

function* validateBundle({ metadata: { name = '' }, spec: { signerName = '', trustBundle } }: ClusterTrustBundle): FieldErrors {
  yield* validateBundleName(name, signerName)
  if (signerName !== '') yield* validateSignerName(signerName)
  const problem = pemProblem(trustBundle ?? '')
  if (problem !== undefined) yield invalid(spec.field('trustBundle'), '<value omitted>', problem)
}

function* validateBundleName(name: string, signerName: string): FieldErrors {
  if (signerName === '') {
    if (name.includes(':')) yield invalid(nameAt, name, 'ClusterTrustBundle without signer name must not have ":" in its name')
    else yield* invalidEach(nameAt, name, isDns1123Subdomain(name))
    return
  }
  const prefix = `${signerName.replaceAll('/', ':')}:`
  if (!name.startsWith(prefix))
    yield invalid(nameAt, name, `ClusterTrustBundle for signerName ${signerName} must be named with prefix ${prefix}`)
  else yield* invalidEach(nameAt, name, isDns1123Subdomain(name.slice(prefix.length)))
}
