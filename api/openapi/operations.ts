import type { Kind } from '../kind.ts'
import { parametersOf } from './parameters.ts'
import { referenceTo, type Version } from './definitions.ts'
import type { Json } from './special-types.ts'

/** One method on one path. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch'
  readonly action: 'list' | 'get' | 'post' | 'put' | 'patch' | 'delete' | 'deletecollection' | 'connect'
  /** Whether `{name}` is part of the path. */
  readonly named: boolean
}

export interface Target {
  /** The kind of the path. */
  readonly kind: Kind
  /** `status`, `scale`, … or nothing. */
  readonly subresource: string
  /** Whose objects travel: the kind itself, or the subresource's. */
  readonly body: { readonly group: string; readonly version: string; readonly kind: string; readonly definition: string }
  readonly listDefinition: string
  readonly version: Version
}

const mediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]
/** Without types nobody knows how lists are merged; kubectl looks here before it chooses. */
const patchTypesOf = ({ untyped }: Kind): readonly string[] =>
  untyped ? patchTypes.filter(type => type !== 'application/strategic-merge-patch+json') : patchTypes

const statusDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status'
const deleteOptions = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'
const patchDefinition = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch'

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
/** `CoreV1`, `AppsV1`, `RbacAuthorizationV1`. */
const groupName = ({ group, version }: Kind) =>
  (group === ''
    ? 'Core'
    : group
        .replace(/\.k8s\.io$/, '')
        .split('.')
        .map(capital)
        .join('')) + capital(version)

const verbs: Readonly<Record<Operation['action'], string>> = {
  list: 'list',
  get: 'read',
  post: 'create',
  put: 'replace',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'deleteCollection',
  connect: 'connect',
}

export function describeOperation(operation: Operation, target: Target): Json {
  const { kind, subresource, body } = target
  const scope = kind.namespaced ? 'Namespaced' : ''
  const suffix = subresource.split('/').map(capital).join('')
  return {
    description: describe(operation, target),
    operationId: `${verbs[operation.action]}${groupName(kind)}${scope}${kind.kind}${suffix}`,
    tags: [
      `${groupName(kind)
        .replace(/V[0-9].*$/, '')
        .replace(/^./, first => first.toLowerCase())}_${kind.version}`,
    ],
    ...contents(operation, target),
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group: body.group, version: body.version, kind: body.kind },
  }
}

function describe({ action }: Operation, { kind, subresource }: Target): string {
  const what = subresource ? `${subresource} of ${kind.kind}` : kind.kind
  const words: Readonly<Record<Operation['action'], string>> = {
    list: `List or watch ${kind.kind} objects.`,
    get: `Read one ${what}.`,
    post: `Create one ${what}.`,
    put: `Replace one ${what}.`,
    patch: `Change parts of one ${what}.`,
    delete: `Delete one ${what}.`,
    deletecollection: `Delete all ${kind.kind} objects that are selected.`,
    connect: `Open a connection to the ${what}.`,
  }
  return words[action]
}

/** Which definition comes in, which goes out. */
function bodies({ action }: Operation, { body, listDefinition }: Target): { readonly request?: string; readonly response: string } {
  if (action === 'list') return { response: listDefinition }
  if (action === 'get') return { response: body.definition }
  if (action === 'patch') return { request: patchDefinition, response: body.definition }
  if (action === 'delete' || action === 'deletecollection') return { request: deleteOptions, response: statusDefinition }
  return action === 'connect' ? { response: '' } : { request: body.definition, response: body.definition }
}

function contents(operation: Operation, target: Target): Json {
  const { request, response } = bodies(operation, target)
  const parameters = parametersOf(operation.action, target.version)
  const types = operation.action === 'patch' ? patchTypesOf(target.kind) : mediaTypes
  if (target.version === 'v2') return contentsV2({ request, response, parameters, types })
  const content = (name: string, list: readonly string[]) =>
    Object.fromEntries(list.map(type => [type, { schema: referenceTo(name, 'v3') }]))
  return {
    parameters,
    ...(request ? { requestBody: { content: content(request, types), required: operation.action !== 'delete' } } : {}),
    responses: {
      '200': { description: 'OK', ...(response ? { content: content(response, mediaTypes) } : {}) },
      '401': { description: 'Unauthorized' },
    },
  }
}

interface ContentsV2 {
  readonly request: string | undefined
  readonly response: string
  readonly parameters: readonly Json[]
  readonly types: readonly string[]
}
function contentsV2({ request, response, parameters, types }: ContentsV2): Json {
  const body = request ? [{ name: 'body', in: 'body', required: true, schema: referenceTo(request, 'v2') }] : []
  return {
    consumes: request ? types : ['*/*'],
    produces: mediaTypes,
    schemes: ['https'],
    parameters: [...body, ...parameters],
    responses: {
      '200': { description: 'OK', ...(response ? { schema: referenceTo(response, 'v2') } : {}) },
      '401': { description: 'Unauthorized' },
    },
  }
}
