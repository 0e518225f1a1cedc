import type {
  ExemptPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from './priority-level-configuration.ts'
import { eachAt } from '../core/pod-field-checks.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const mostQueues = 10_000_000
const hashBits = 60

/** Upstream's ValidatePriorityLevelConfiguration. */
export const validatePriorityLevel = (level: PriorityLevelConfiguration): FieldError[] => [
  ...validateSpec(level),
  ...validateConditionTypes(level.status.conditions),
]

function validateSpec({ metadata, spec }: PriorityLevelConfiguration): FieldError[] {
  const { type, limited, exempt } = spec
  const errors =
    (metadata.name === 'exempt') === (type === 'Exempt')
      ? []
      : [fieldInvalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'")]
  if (type === 'Exempt') {
    if (limited) errors.push(fieldForbidden('spec.limited', 'must be nil if the type is not Limited'))
    return [...errors, ...validateShares(exempt ?? {}, 'spec.exempt')]
  }
  if (type !== 'Limited') return [...errors, fieldNotSupported('spec.type', type, ['Exempt', 'Limited'])]
  if (exempt) errors.push(fieldForbidden('spec.exempt', 'must be nil if the type is Limited'))
  if (!limited) return [...errors, fieldRequired('spec.limited', 'must not be empty when type is Limited')]
  const { borrowingLimitPercent = 0, limitResponse } = limited
  const path = 'spec.limited'
  return [
    ...errors,
    ...validateShares(limited, path),
    ...(borrowingLimitPercent < 0
      ? [fieldInvalid(`${path}.borrowingLimitPercent`, borrowingLimitPercent, 'if specified, must be a non-negative integer')]
      : []),
    ...validateResponse(limitResponse, `${path}.limitResponse`),
  ]
}

/** What levels of both types have. */
function validateShares(
  { nominalConcurrencyShares: shares = 0, lendablePercent = 0 }: ExemptPriorityLevelConfiguration,
  path: string,
): FieldError[] {
  return [
    ...(shares < 0 ? [fieldInvalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')] : []),
    ...(lendablePercent < 0 || lendablePercent > 100
      ? [fieldInvalid(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive')]
      : []),
  ]
}

function validateResponse({ type, queuing }: LimitResponse, path: string): FieldError[] {
  if (type === 'Reject')
    return queuing ? [fieldForbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')] : []
  if (type !== 'Queue') return [fieldNotSupported(`${path}.type`, type, ['Queue', 'Reject'])]
  return queuing
    ? validateQueuing(queuing, `${path}.queuing`)
    : [fieldRequired(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')]
}

function validateQueuing({ queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration, path: string): FieldError[] {
  const positive = (name: string, value: number) => (value > 0 ? [] : [fieldInvalid(`${path}.${name}`, value, 'must be positive')])
  return [
    ...positive('queueLengthLimit', queueLengthLimit),
    ...positive('queues', queues),
    ...(queues > mostQueues ? [fieldInvalid(`${path}.queues`, queues, `must not be greater than ${mostQueues}`)] : []),
    ...positive('handSize', handSize),
    ...(handSize > 0 ? validateHand(queues, handSize, `${path}.handSize`) : []),
  ]
}

/** A flow's hand of queues is dealt by the bits of one hash: there must be enough of them. */
function validateHand(queues: number, handSize: number, path: string): FieldError[] {
  if (handSize > queues) return [fieldInvalid(path, handSize, `should not be greater than queues (${queues})`)]
  const bits = Math.ceil(Array.from({ length: handSize }, (_, dealt) => Math.log2(queues - dealt)).reduce((sum, each) => sum + each, 0))
  const why = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${hashBits}`
  return bits > hashBits ? [fieldInvalid(path, handSize, why)] : []
}

/** Of flow schemas too: every condition has a type, and no two the same. */
export const validateConditionTypes = (conditions: readonly { readonly type?: string }[] = []): FieldError[] =>
  eachAt(conditions, 'status.conditions', ({ type = '' }, path) => {
    const first = conditions.findIndex(each => (each.type ?? '') === type)
    return [
      ...(path === `status.conditions[${first}]` ? [] : [fieldDuplicate(`${path}.type`, type)]),
      ...(type ? [] : [fieldRequired(`${path}.type`, 'must not be empty')]),
    ]
  })
