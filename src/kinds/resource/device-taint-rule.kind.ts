/** Keeps claims away from devices that somebody else than their driver finds unfit. Stored as the alpha version. */
import { type FieldErrors, FieldPath, notSupported, required } from '#meta/field-path'
import { defineKind, type Kind, type RequestFacts } from '#meta/kind'
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '#meta/names'
import { invalidEach } from '#meta/object-meta-validation'
import { ageColumn, ageOf, nameColumn } from '#meta/table'
import { timestampOf } from '#meta/timestamp'
import { validateConditions } from '../conditions-validation.ts'
import { keepSpec, withoutStatus } from '../status-rules.ts'
import { statusSubresource } from '../subresources.ts'
import * as schemas from './schema.v1alpha3.gen.ts'
import type * as types from './types.v1alpha3.gen.ts'

export type DeviceTaintRule = types.DeviceTaintRule
export const DeviceTaintRule: Kind<DeviceTaintRule> = defineKind({
  apiVersion: 'resource.k8s.io/v1alpha3',
  kind: 'DeviceTaintRule',
  plural: 'devicetaintrules',
  scope: 'Cluster',
  hasGeneration: true,
  returnsDeleted: true,
  schema: schemas.DeviceTaintRule,
  deprecation: { since: '1.36', goneIn: '1.39' },
  columns: [
    nameColumn,
    { name: 'Key', type: 'string', describedBy: 'spec.taint.key', cell: ({ spec }) => spec.taint.key },
    { name: 'Value', type: 'string', describedBy: 'spec.taint.value', cell: ({ spec }) => spec.taint.value ?? '' },
    { name: 'Effect', type: 'string', describedBy: 'spec.taint.effect', cell: ({ spec }) => spec.taint.effect },
    {
      name: 'TimeAdded',
      type: 'string',
      describedBy: 'spec.taint.timeAdded',
      cell: ({ spec }, { nowMs }) => ageOf(spec.taint.timeAdded, nowMs),
    },
    ageColumn,
  ],
  prepareCreate: (rule, facts) => withoutStatus(withTime(rule, facts)),
  validate: validateTaintRule,
  update: { prepare: (next, old, facts) => withTime({ ...next, status: old.status }, facts, old) },
  status: { prepare: keepSpec, validate: ({ status }) => validateConditions(status.conditions, FieldPath.of('status', 'conditions')) },
  subresources: [statusSubresource('DeviceTaintRule')],
})

const spec = FieldPath.of('spec')
const effects = ['NoExecute', 'NoSchedule', 'None']

/** A taint says since when it is there, and an effect that is new counts as a new one. */
function withTime(rule: DeviceTaintRule, { nowMs }: RequestFacts, old?: DeviceTaintRule): DeviceTaintRule {
  const { taint } = rule.spec
  const isChanged = old !== undefined && old.spec.taint.effect !== taint.effect && old.spec.taint.timeAdded === taint.timeAdded
  if (taint.timeAdded !== undefined && !isChanged) return rule
  return { ...rule, spec: { ...rule.spec, taint: { ...taint, timeAdded: timestampOf(nowMs) } } }
}

function* validateTaintRule({ spec: { deviceSelector, taint } }: DeviceTaintRule): FieldErrors {
  yield* validateSelector(deviceSelector ?? {})
  const at = spec.field('taint')
  const { key = '', value = '', effect = '' } = taint ?? {}
  yield* invalidEach(at.field('key'), key, isQualifiedName(key))
  if (value !== '') yield* invalidEach(at.field('value'), value, isLabelValue(value))
  if (effect === '') yield required(at.field('effect'))
  else if (!effects.includes(effect)) yield notSupported(at.field('effect'), effect, effects)
}

function* validateSelector({ driver, pool, device }: types.DeviceTaintSelector): FieldErrors {
  const at = spec.field('deviceSelector')
  if (driver !== undefined) yield* invalidEach(at.field('driver'), driver, isDns1123Subdomain(driver))
  for (const segment of pool?.split('/') ?? []) yield* invalidEach(at.field('pool'), segment, isDns1123Subdomain(segment))
  if (device !== undefined) yield* invalidEach(at.field('device'), device, isDns1123Label(device))
}
