import { isConditionTrue, setCondition } from '../../../api/conditions.ts'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionStatus,
} from '../../../api/apiextensions/custom-resource-definition.ts'

type Condition = Pick<CustomResourceDefinitionCondition, 'type' | 'status' | 'reason' | 'message'>

/** Names that are taken in a group: of resources (plural, singular, short), and of kinds (kind, list kind). */
interface Taken {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

const no = (reason: string, name: string): Condition => ({
  type: 'NamesAccepted',
  status: 'False',
  reason,
  message: `${JSON.stringify(name)} is already in use`,
})

/**
 * Which of the wanted names a definition gets, and what it learns of that (upstream's NamingConditionController). Names that
 * other definitions of the group have are not given again; names once given are kept until others are.
 */
export function nameStatus(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: Date,
): CustomResourceDefinitionStatus {
  const { status, spec } = definition
  const taken = takenBy(others.filter(other => other.spec.group === spec.group && other.metadata.name !== definition.metadata.name))
  const { names, condition } = accept(spec.names, status.acceptedNames, taken)
  const established = establishedBy(status, condition)
  const conditions = [condition, ...(established ? [established] : [])].reduce(
    (all, each) => setCondition<CustomResourceDefinitionCondition>(all, each, now),
    status.conditions ?? [],
  )
  return { ...status, acceptedNames: names, conditions }
}

function takenBy(others: readonly CustomResourceDefinition[]): Taken {
  const names = others.map(({ status }) => status.acceptedNames)
  const given = (list: readonly (string | undefined)[]) => new Set(list.filter(name => name !== undefined && name !== ''))
  return {
    resources: given(names.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames])) as ReadonlySet<string>,
    kinds: given(names.flatMap(({ kind, listKind }) => [kind, listKind])) as ReadonlySet<string>,
  }
}

/** Each name by itself; the last conflict is the one that is told. */
function accept(
  wanted: CustomResourceDefinitionNames,
  accepted: CustomResourceDefinitionNames,
  { resources, kinds }: Taken,
): { readonly names: CustomResourceDefinitionNames; readonly condition: Condition } {
  const names = { ...accepted }
  let condition: Condition = { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
  const take = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>) => {
    const name = wanted[field] ?? ''
    if (used.has(name)) condition = no(`${field.charAt(0).toUpperCase()}${field.slice(1)}Conflict`, name)
    else if (name) names[field] = name
  }
  take('plural', resources)
  take('singular', resources)
  const shortNames = wanted.shortNames ?? []
  const conflict = shortNames.find(name => resources.has(name))
  if (conflict === undefined) names.shortNames = shortNames
  else condition = no('ShortNamesConflict', conflict)
  take('kind', kinds)
  take('listKind', kinds)
  names.categories = wanted.categories ?? []
  return { names, condition }
}

/** Established once is established for good. */
function establishedBy(status: CustomResourceDefinitionStatus, { status: accepted }: Condition): Condition | undefined {
  if (isConditionTrue(status.conditions, 'Established')) return undefined
  return accepted === 'True'
    ? { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }
    : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
}
