/** What a priority level may say (upstream: ValidatePriorityLevelConfiguration). */
import { type FieldErrors, FieldPath, forbiddenField, invalid, notSupported, required } from '#meta/field-path'
import { isSameValue } from '../same-value.ts'
import { internalForm } from '../shown/internal-form.ts'
import { exempt as exemptName, mandatoryPriorityLevels } from './mandatory-specs.ts'
import type { PriorityLevelConfiguration } from './priority-level-configuration.kind.ts'
import * as schemas from './schema.gen.ts'
import { validateConditions } from './status-validation.ts'
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from './types.gen.ts'

const at = FieldPath.of('spec')

export function* validatePriorityLevel({ metadata: { name = '' }, spec, status }: PriorityLevelConfiguration): FieldErrors {
  const { type = '', exempt, limited } = spec
  if ((name === exemptName) !== (type === 'Exempt') && (name === exemptName || type === 'Exempt'))
    yield invalid(at.field('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'")
  switch (type) {
    case 'Exempt':
      if (exempt !== undefined) yield* validateShare(exempt, at.field('exempt'))
      if (limited !== undefined) yield forbiddenField(at.field('limited'), 'must be nil if the type is not Limited')
      break
    case 'Limited':
      if (exempt !== undefined) yield forbiddenField(at.field('exempt'), 'must be nil if the type is Limited')
      if (limited === undefined) yield required(at.field('limited'), 'must not be empty when type is Limited')
      else yield* validateLimited(limited, at.field('limited'))
      break
    default:
      yield notSupported(at.field('type'), type, ['Exempt', 'Limited'])
  }
  yield* validateMandatory(name, spec)
  yield* validateConditions(status.conditions)
}

/** Of the exempt level, what it lends is the administrator's to say. */
function* validateMandatory(name: string, spec: PriorityLevelConfigurationSpec): FieldErrors {
  const wanted = mandatoryPriorityLevels.get(name)
  if (wanted === undefined) return
  const shown = internalForm(schemas.PriorityLevelConfigurationSpec, spec)
  if (name !== exemptName) {
    if (!isSameValue(spec, wanted)) yield invalid(at, shown, `spec of '${name}' must equal the fixed value`)
  } else if (!isSameValue({ ...spec, exempt: undefined }, { ...wanted, exempt: undefined }))
    yield invalid(at, shown, `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`)
}

function* validateLimited(limited: LimitedPriorityLevelConfiguration, at: FieldPath): FieldErrors {
  yield* validateShare(limited, at)
  const { borrowingLimitPercent: borrowing, limitResponse } = limited
  if (borrowing !== undefined && borrowing < 0)
    yield invalid(at.field('borrowingLimitPercent'), borrowing, 'if specified, must be a non-negative integer')
  yield* validateResponse(limitResponse ?? { type: '' }, at.field('limitResponse'))
}

function* validateShare(level: ExemptPriorityLevelConfiguration, at: FieldPath): FieldErrors {
  const { nominalConcurrencyShares: shares = 0, lendablePercent = 0 } = level
  if (shares < 0) yield invalid(at.field('nominalConcurrencyShares'), shares, 'must be a non-negative integer')
  if (lendablePercent < 0 || lendablePercent > 100)
    yield invalid(at.field('lendablePercent'), lendablePercent, 'must be between 0 and 100, inclusive')
}

function* validateResponse({ type = '', queuing }: LimitResponse, at: FieldPath): FieldErrors {
  switch (type) {
    case 'Reject':
      if (queuing !== undefined) yield forbiddenField(at.field('queuing'), 'must be nil if limited.limitResponse.type is not Limited')
      return
    case 'Queue':
      if (queuing === undefined) yield required(at.field('queuing'), 'must not be empty if limited.limitResponse.type is Limited')
      else yield* validateQueuing(queuing, at.field('queuing'))
      return
    default:
      yield notSupported(at.field('type'), type, ['Queue', 'Reject'])
  }
}

const queuesMax = 10_000_000
const entropyBitsMax = 60

function* validateQueuing({ queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration, at: FieldPath): FieldErrors {
  if (queueLengthLimit <= 0) yield invalid(at.field('queueLengthLimit'), queueLengthLimit, 'must be positive')
  if (queues <= 0) yield invalid(at.field('queues'), queues, 'must be positive')
  else if (queues > queuesMax) yield invalid(at.field('queues'), queues, `must not be greater than ${queuesMax}`)
  const here = at.field('handSize')
  if (handSize <= 0) yield invalid(here, handSize, 'must be positive')
  else if (handSize > queues) yield invalid(here, handSize, `should not be greater than queues (${queues})`)
  else if (entropyBitsOf(queues, handSize) > entropyBitsMax) {
    const problem = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${entropyBitsMax}`
    yield invalid(here, handSize, problem)
  }
}

/** How many bits it takes to deal a hand of distinct queues. */
function entropyBitsOf(deckSize: number, handSize: number): number {
  let bits = 0
  for (let dealt = 0; dealt < handSize && bits <= entropyBitsMax; dealt++) bits += Math.log2(deckSize - dealt)
  return Math.ceil(bits)
}
