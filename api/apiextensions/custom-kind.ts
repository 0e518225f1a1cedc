import { apiError } from '../errors.ts'
import { isConditionTrue } from '../conditions.ts'
import { parseJsonPath } from '../json-path.ts'
import {
  apiVersionOf,
  scaleSubresource,
  statusSubresource,
  type Kind,
  type KubernetesObject,
  type Subresource,
  type WebhookConversion,
} from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { decode, type Decoded } from '../schema/decode.ts'
import { fieldInvalid, type FieldError } from '../schema/field-error.ts'
import { embedded, message, string, type Schema } from '../schema/schema.ts'
import { aboutChanges } from './correlation.ts'
import { customColumns } from './custom-columns.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from './custom-resource-definition.ts'
import { evaluateRules } from './evaluate-rules.ts'
import { validateEmbedded } from './embedded-objects.ts'
import { fillDefaults, hasDefaults } from './fill-defaults.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { validateListTypes } from './list-types.ts'
import { mergeSchema } from './merge-schema.ts'
import { prune } from './prune.ts'
import { publishedSchema } from './published-schema.ts'
import { validateValue } from './validate-value.ts'
import { compareVersions } from './version-order.ts'

const anything: JSONSchemaProps = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** The kinds that a definition makes the server serve, the preferred version first; none before its names are accepted. */
export function customKinds(definition: CustomResourceDefinition): Kind[] {
  if (!isConditionTrue(definition.status.conditions, 'Established')) return []
  const kinds: Kind[] = definition.spec.versions.map(version =>
    customKind(definition, version, name => kinds.find(kind => kind.version === name)),
  )
  const served = new Set(definition.spec.versions.filter(version => version.served).map(({ name }) => name))
  return kinds.filter(({ version }) => served.has(version)).sort((a, b) => compareVersions(a.version, b.version))
}

function customKind(
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  otherVersion: (name: string) => Kind | undefined,
): Kind {
  const { spec, status } = definition
  const { plural, singular = '', kind, shortNames, categories } = status.acceptedNames
  const schema = version.schema?.openAPIV3Schema ?? anything
  const apiVersion = apiVersionOf({ group: spec.group, version: version.name })
  const rules = objectRules(schema)
  return {
    group: spec.group,
    version: version.name,
    kind,
    plural,
    singular,
    namespaced: spec.scope === 'Namespaced',
    ...(shortNames?.length ? { shortNames } : {}),
    ...(categories?.length ? { categories } : {}),
    // What is going away takes in nothing new.
    ...(isConditionTrue(status.conditions, 'Terminating') ? { verbs: ['delete', 'deletecollection', 'get', 'list', 'watch'] } : {}),
    schema: kindSchema({ group: spec.group, version: version.name, kind }, schema),
    generation: true,
    untyped: true,
    columns: customColumns(version.additionalPrinterColumns),
    subresources: subresourcesOf(version),
    statusKeeps: 'metadata',
    ...selectableFieldsOf(version),
    ...deprecationOf(version, `${apiVersion} ${kind}`),
    ...storageOf(definition, version, rules),
    otherVersion,
    ...rules,
  }
}

/** The message makes it a definition of OpenAPI; the rest is for server-side apply. */
function kindSchema({ group, version, kind }: Pick<Kind, 'group' | 'version' | 'kind'>, schema: JSONSchemaProps): Schema<KubernetesObject> {
  const merged = mergeSchema(schema)
  const { properties = {}, ...rest } = merged
  const name = `${group.split('.').reverse().join('.')}.${version}.${kind}`
  return {
    ...rest,
    type: 'object',
    properties: { ...properties, apiVersion: string(), kind: string(), metadata: ObjectMeta },
    message: { name, description: schema.description ?? '', numbers: {} },
    published: { v2: publishedSchema(schema, 'v2'), v3: publishedSchema(schema, 'v3') },
  } as Schema<KubernetesObject>
}

type Rules = Required<Pick<Kind, 'decode' | 'applyDefaults' | 'validate' | 'validateUpdate' | 'validateStatusUpdate'>>

/** What happens to an object on its way into the store. */
function objectRules(schema: JSONSchemaProps): Rules {
  const { apiVersion: _a, kind: _k, metadata: _m, ...properties } = schema.properties ?? {}
  const fields: JSONSchemaProps = { ...schema, properties }
  const metadata = message('Custom', 'Metadata, which has the same form in all objects.', {
    metadata: embedded(0, ObjectMeta, 'Metadata.'),
  })
  const check = (object: KubernetesObject, current?: KubernetesObject): FieldError[] => {
    const found = [...validateValue(schema, object, ''), ...validateListTypes(schema, object, ''), ...validateEmbedded(fields, object, '')]
    const errors = current ? aboutChanges(found, { schema, next: object, old: current }) : found
    return errors.some(({ reason }) => blocking.has(reason))
      ? [...errors, unchecked]
      : [...errors, ...evaluateRules(schema, object, current)]
  }
  const rules: Rules = {
    decode(json): Decoded<KubernetesObject> {
      const { apiVersion, kind, metadata: given, ...rest } = json
      const decoded = decode(metadata, { metadata: given ?? {} })
      const { value, unknown } = prune(fields, rest)
      const object = { apiVersion, kind, metadata: decoded.value.metadata, ...(value as object) } as KubernetesObject
      return { value: object, unknown: [...decoded.unknown, ...unknown] }
    },
    applyDefaults: object => fillDefaults(fields, object),
    validate: object => check(object),
    validateUpdate: (next, current) => check(next, current),
    validateStatusUpdate: (next, current) => check(next, current),
  }
  return rules
}

/** With one of these the object has not even the form that rules are written for. */
const blocking = new Set<FieldError['reason']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])
const unchecked = fieldInvalid(
  '<nil>',
  'null',
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
)

function subresourcesOf({ subresources }: CustomResourceDefinitionVersion): Record<string, Subresource> {
  const { status, scale } = subresources ?? {}
  return {
    ...(status ? { status: statusSubresource } : {}),
    ...(scale
      ? {
          scale: {
            ...scaleSubresource,
            paths: {
              specReplicas: scale.specReplicasPath,
              statusReplicas: scale.statusReplicasPath,
              ...(scale.labelSelectorPath ? { selector: scale.labelSelectorPath } : {}),
            },
          },
        }
      : {}),
  }
}

function selectableFieldsOf({ selectableFields = [] }: CustomResourceDefinitionVersion): Pick<Kind, 'selectableFields'> {
  const getters = selectableFields.map(({ jsonPath }) => {
    const find = parseJsonPath(jsonPath)
    const getter = (object: KubernetesObject): string => {
      const [found] = find(object)
      return found === undefined || found === null ? '' : String(found)
    }
    return [jsonPath.slice(1), getter] as const
  })
  return { selectableFields: Object.fromEntries(getters) }
}

function deprecationOf({ deprecated, deprecationWarning }: CustomResourceDefinitionVersion, name: string): Pick<Kind, 'deprecation'> {
  return deprecated ? { deprecation: deprecationWarning ?? `${name} is deprecated` } : {}
}

/**
 * Objects are stored in one version and shown in each. What was stored before the definition changed is shown as the definition
 * is now: with its defaults, without what it no longer knows.
 */
function storageOf(
  { spec, status }: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  rules: Rules,
): Pick<Kind, 'storedAs'> {
  const storage = spec.versions.find(each => each.storage)?.name ?? version.name
  const schema = version.schema?.openAPIV3Schema
  const conversion = conversionOf(spec, storage)
  const severalVersions = spec.versions.length > 1 || status.storedVersions.length > 1
  if (!severalVersions && !(schema && hasDefaults(schema))) return {}
  const convert = (object: KubernetesObject, name: string): KubernetesObject => {
    const apiVersion = apiVersionOf({ group: spec.group, version: name })
    if (object.apiVersion === apiVersion) return object
    if (conversion) throw notAsked(object, apiVersion)
    return { ...object, apiVersion }
  }
  return {
    storedAs: {
      group: spec.group,
      plural: status.acceptedNames.plural,
      toStored: object => convert(object, storage),
      fromStored(stored) {
        const shown = convert(stored, version.name)
        return rules.applyDefaults(shown)
      },
      ...(conversion ? { conversion } : {}),
    },
  }
}

function conversionOf({ conversion }: CustomResourceDefinition['spec'], storedVersion: string): WebhookConversion | undefined {
  if (conversion?.strategy !== 'Webhook') return undefined
  const { clientConfig = {}, conversionReviewVersions = [] } = conversion.webhook ?? {}
  return { clientConfig, reviewVersions: conversionReviewVersions, storedVersion }
}

/** For those who see objects without waiting for anybody. */
const notAsked = ({ apiVersion, kind }: KubernetesObject, wanted: string) =>
  apiError('InternalError', `conversion webhook for ${apiVersion}, Kind=${kind} has not been asked for ${wanted}`)
