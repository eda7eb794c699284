/** Who would hold a lease, and what speaks for it: for an election that is held by the control plane. Stored as the beta version. */
import { type FieldErrors, FieldPath, immutable, invalid, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind } from '#meta/kind'
import { isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, nameColumn } from '#meta/table'
import { servedAs } from '../served-as.ts'
import * as alpha from './schema.v1alpha2.gen.ts'
import * as schemas from './schema.v1beta1.gen.ts'
import { compareVersions, lowestVersion, versionNumbers } from './semantic-version.ts'
import type * as alphaTypes from './types.v1alpha2.gen.ts'
import type * as types from './types.v1beta1.gen.ts'

export type LeaseCandidate = types.LeaseCandidate
export const LeaseCandidate: Kind<LeaseCandidate> = defineKind({
  apiVersion: 'coordination.k8s.io/v1beta1',
  kind: 'LeaseCandidate',
  plural: 'leasecandidates',
  scope: 'Namespaced',
  createsOnUpdate: true,
  updatesUnconditionally: false,
  takesBareFinalizers: true,
  schema: schemas.LeaseCandidate,
  deprecation: { since: '1.36', goneIn: '1.39' },
  columns: [
    nameColumn,
    { name: 'LeaseName', type: 'string', describedBy: 'spec.leaseName', cell: ({ spec }) => spec.leaseName },
    { name: 'BinaryVersion', type: 'string', cell: ({ spec }) => spec.binaryVersion },
    { name: 'EmulationVersion', type: 'string', cell: ({ spec }) => spec.emulationVersion ?? '' },
    ageColumn,
  ],
  validate: validateCandidate,
  update: { validate: (next, old) => immutable(spec.field('leaseName'), next.spec.leaseName, old.spec.leaseName) },
  selectableFields: { 'spec.leaseName': ({ spec }) => spec.leaseName },
})

export const LeaseCandidateV1alpha2: Kind<alphaTypes.LeaseCandidate> = servedAs(LeaseCandidate, {
  apiVersion: 'coordination.k8s.io/v1alpha2',
  schema: alpha.LeaseCandidate,
  deprecation: { since: '1.35', goneIn: '1.38' },
})

const spec = FieldPath.of('spec')
const oldestFirst = 'OldestEmulationVersion'

function* validateCandidate({ spec: given }: LeaseCandidate): FieldErrors {
  const { leaseName = '', binaryVersion = '', emulationVersion = '', strategy = '' } = given
  if (leaseName === '') yield required(spec.field('leaseName'))
  if (binaryVersion === '') yield required(spec.field('binaryVersion'))
  yield* validateVersions(binaryVersion, emulationVersion)
  if (strategy === '') yield required(spec.field('strategy'))
  else yield* validateStrategy(strategy)
  if (strategy === oldestFirst && emulationVersion === '')
    yield required(spec.field('emulationVersion'), "must be specified when `strategy` is 'OldestEmulationVersion'")
}

function* validateVersions(binaryVersion: string, emulationVersion: string): FieldErrors {
  const [binary, emulated] = [versionNumbers(binaryVersion), versionNumbers(emulationVersion)]
  if (binaryVersion !== '' && binary === undefined)
    yield invalid(spec.field('binaryVersion'), binaryVersion, 'must be a valid semantic version')
  if (emulationVersion !== '' && emulated === undefined)
    yield invalid(spec.field('emulationVersion'), emulationVersion, 'must be a valid semantic version')
  // As upstream: what is no version counts as the lowest one.
  if (emulated !== undefined && compareVersions(binary ?? lowestVersion, emulated) < 0)
    yield invalid(spec.field('binaryVersion'), binaryVersion, 'must be greater than or equal to `emulationVersion`')
}

/** One of ours, or somebody's own under a domain. */
function* validateStrategy(strategy: string): FieldErrors {
  // As upstream: the field stands twice in the path.
  const at = spec.field('strategy').field('strategy')
  if (strategy.includes('/')) yield* invalidEach(at, strategy, isQualifiedName(strategy))
  else if (strategy !== oldestFirst) yield notSupported(at, strategy, [oldestFirst])
}
