import type { Version } from './definitions.ts'
import type { Operation } from './operations.ts'
import type { Json } from './special-types.ts'

type Parameter = readonly [name: string, type: 'string' | 'integer' | 'boolean', description: string]

const reading: readonly Parameter[] = [
  ['allowWatchBookmarks', 'boolean', 'Whether a watch may send bookmarks: events that only tell how far it has come.'],
  ['continue', 'string', 'Where a list that came in pieces goes on.'],
  ['fieldSelector', 'string', 'Only objects whose fields have these values.'],
  ['labelSelector', 'string', 'Only objects whose labels fit.'],
  ['limit', 'integer', 'How many objects a piece of a list has at most.'],
  ['resourceVersion', 'string', 'The revision from which to watch, or that a list must at least have.'],
  ['resourceVersionMatch', 'string', 'How resourceVersion applies to a list: Exact or NotOlderThan.'],
  ['sendInitialEvents', 'boolean', 'Whether a watch begins with what exists.'],
  ['timeoutSeconds', 'integer', 'How long a list or watch may take.'],
  ['watch', 'boolean', 'Report changes as they happen instead of a list.'],
]
const writing: readonly Parameter[] = [
  ['dryRun', 'string', 'All: check everything and store nothing.'],
  ['fieldManager', 'string', 'Who makes this change.'],
  ['fieldValidation', 'string', 'What happens to unknown and duplicate fields: Ignore, Warn or Strict.'],
]
const force: Parameter = ['force', 'boolean', 'Whether an apply takes over fields that others own.']
const deleting: readonly Parameter[] = [
  ['dryRun', 'string', 'All: check everything and delete nothing.'],
  ['gracePeriodSeconds', 'integer', 'How long the object may take to end.'],
  ['orphanDependents', 'boolean', 'Superseded by propagationPolicy.'],
  ['propagationPolicy', 'string', 'What happens to dependents: Orphan, Background or Foreground.'],
]

const byAction: Readonly<Record<Operation['action'], readonly Parameter[]>> = {
  list: reading,
  get: [],
  post: writing,
  put: writing,
  patch: [...writing, force],
  delete: deleting,
  deletecollection: [...deleting, ...reading.filter(([name]) => name !== 'watch' && name !== 'allowWatchBookmarks')],
  connect: [],
}

export const parametersOf = (action: Operation['action'], version: Version): Json[] =>
  byAction[action].map(([name, type, description]) => ({
    name,
    in: 'query',
    description,
    ...(version === 'v2' ? { type, uniqueItems: true } : { schema: { type, uniqueItems: true } }),
  }))

/** Those of every operation on a path: what stands in braces. */
export const pathParameters = (path: string, version: Version): Json[] =>
  Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    description:
      name === 'namespace' ? 'The namespace of the object.' : name === 'name' ? 'The name of the object.' : 'The path behind it.',
    ...(version === 'v2' ? { type: 'string', uniqueItems: true } : { schema: { type: 'string', uniqueItems: true } }),
  }))
