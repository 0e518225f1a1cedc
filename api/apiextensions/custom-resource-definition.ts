import { createdAtColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import {
  boolean,
  bytes,
  embedded,
  int32,
  int64,
  list,
  listMap,
  message,
  optional,
  required,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'
import { defaultDefinition, deletionBlockers, markedForDeletion, withStoredVersion } from './definition-strategy.ts'
import { validateDefinition, validateDefinitionName, validateDefinitionStatus, validateDefinitionUpdate } from './definition-validation.ts'
import { JSONSchemaProps } from './json-schema-props.ts'

const group = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.'

const CustomResourceColumnDefinition = message(`${group}CustomResourceColumnDefinition`, 'A column of the table that kubectl prints.', {
  description: optional(0, string(), 'What the column shows.'),
  format: optional(0, string(), 'How the value is to be understood, in the words of OpenAPI.'),
  jsonPath: required(0, string(), 'Where in the object the value is, such as .spec.replicas.'),
  name: required(0, string(), 'Heading of the column.'),
  priority: optional(0, int32(), 'Columns above 0 are shown with -o wide only.'),
  type: required(0, string(), 'The type of the value: string, integer, number, boolean or date.'),
})
export type CustomResourceColumnDefinition = Static<typeof CustomResourceColumnDefinition>

const ServiceReference = message(`${group}ServiceReference`, 'A service in the cluster.', {
  name: required(0, string(), 'Name of the service.'),
  namespace: required(0, string(), 'Namespace of the service.'),
  path: optional(0, string({ presence: 'pointer' }), 'Path of the URL that requests are sent to.'),
  port: optional(0, int32({ presence: 'pointer' }), 'Port of the service; 443 when absent.'),
})

const WebhookClientConfig = message(`${group}WebhookClientConfig`, 'How a webhook is reached: by its URL or as a service.', {
  caBundle: optional(0, bytes(), 'Certificates that the one of the webhook must be signed by.'),
  service: optional(0, ServiceReference, 'The service.'),
  url: optional(0, string({ presence: 'pointer' }), 'The URL.'),
})

const WebhookConversion = message(`${group}WebhookConversion`, 'A webhook that converts between versions.', {
  clientConfig: optional(0, WebhookClientConfig, 'How it is reached.'),
  conversionReviewVersions: required(0, list(string()), 'Versions of ConversionReview that it understands, the best first.'),
})

const CustomResourceConversion = message(`${group}CustomResourceConversion`, 'How objects are converted between versions.', {
  strategy: required(0, string(), 'None changes apiVersion and nothing else; Webhook asks a webhook.'),
  webhook: optional(0, WebhookConversion, 'The webhook, for the strategy Webhook.'),
})

export const CustomResourceDefinitionNames = message(`${group}CustomResourceDefinitionNames`, 'What resource and kind are called.', {
  categories: optional(0, list(string()), 'Groups of resources that it is part of, such as all.'),
  kind: required(0, string(), 'The kind, in camel case and singular.'),
  listKind: optional(0, string(), 'The kind of a list; the kind with List behind it when absent.'),
  plural: required(0, string(), 'The resource in paths; the name of this object is plural.group.'),
  shortNames: optional(0, list(string()), 'Short names for the command line.'),
  singular: optional(0, string(), 'The resource in the singular; the kind in lower case when absent.'),
})
export type CustomResourceDefinitionNames = Static<typeof CustomResourceDefinitionNames>

const CustomResourceValidation = message(`${group}CustomResourceValidation`, 'What objects look like.', {
  openAPIV3Schema: optional(0, JSONSchemaProps, 'The schema of the whole object.'),
})

const CustomResourceSubresourceScale = message(`${group}CustomResourceSubresourceScale`, 'Where a Scale finds its values.', {
  labelSelectorPath: optional(0, string({ presence: 'pointer' }), 'Where the selector is, as text, under .spec or .status.'),
  specReplicasPath: required(0, string(), 'Where the wanted number of replicas is, under .spec.'),
  statusReplicasPath: required(0, string(), 'Where the number of replicas that there are is, under .status.'),
})
export type CustomResourceSubresourceScale = Static<typeof CustomResourceSubresourceScale>

const CustomResourceSubresourceStatus = message(`${group}CustomResourceSubresourceStatus`, 'Makes status a path of its own.', {})

const CustomResourceSubresources = message(`${group}CustomResourceSubresources`, 'Which paths objects have besides their own.', {
  scale: optional(0, CustomResourceSubresourceScale, 'The path /scale, for kubectl scale and autoscalers.'),
  status: optional(0, CustomResourceSubresourceStatus, 'The path /status, the only one that changes status.'),
})

const SelectableField = message(`${group}SelectableField`, 'A field that lists may be selected by.', {
  jsonPath: required(0, string(), 'Where the field is, such as .spec.color.'),
})

const CustomResourceDefinitionVersion = message(`${group}CustomResourceDefinitionVersion`, 'One version of the resource.', {
  additionalPrinterColumns: optional(0, list(CustomResourceColumnDefinition), 'Columns of tables besides the name; the age when absent.'),
  deprecated: optional(0, boolean(), 'Whether those who use it are warned.'),
  deprecationWarning: optional(0, string({ presence: 'pointer' }), 'What they are told instead of a general sentence.'),
  name: required(0, string(), 'Name of the version, such as v1beta1.'),
  schema: optional(0, CustomResourceValidation, 'What objects look like in this version.'),
  selectableFields: optional(0, list(SelectableField), 'Fields that lists may be selected by.'),
  served: required(0, boolean(), 'Whether the version has a path.'),
  storage: required(0, boolean(), 'Whether objects are stored in this version; true for exactly one.'),
  subresources: optional(0, CustomResourceSubresources, 'Which paths objects have besides their own.'),
})
export type CustomResourceDefinitionVersion = Static<typeof CustomResourceDefinitionVersion>

const CustomResourceDefinitionSpec = message(`${group}CustomResourceDefinitionSpec`, 'A resource that users have invented.', {
  conversion: optional(0, CustomResourceConversion, 'How objects are converted between versions.'),
  group: required(0, string(), 'The API group.'),
  names: required(0, CustomResourceDefinitionNames, 'What resource and kind are called.'),
  preserveUnknownFields: optional(0, boolean(), 'Not allowed to be true.'),
  scope: required(0, string(), 'Namespaced or Cluster.'),
  versions: required(0, list(CustomResourceDefinitionVersion), 'All its versions.'),
})
export type CustomResourceDefinitionSpec = Static<typeof CustomResourceDefinitionSpec>

const CustomResourceDefinitionCondition = message(`${group}CustomResourceDefinitionCondition`, 'One aspect of the state of a definition.', {
  lastTransitionTime: optional(0, time(), 'When the status last changed.'),
  message: optional(0, string(), 'A sentence for people that says why.'),
  observedGeneration: optional(0, int64(), 'The generation of the definition that this is about.'),
  reason: optional(0, string(), 'A word for programs that says why.'),
  status: required(0, string(), 'True, False or Unknown.'),
  type: required(0, string(), 'Which aspect this is about.'),
})
export type CustomResourceDefinitionCondition = Static<typeof CustomResourceDefinitionCondition>

const CustomResourceDefinitionStatus = message(`${group}CustomResourceDefinitionStatus`, 'What became of a definition.', {
  acceptedNames: embedded(0, CustomResourceDefinitionNames, 'The names that are in use.'),
  conditions: embedded(0, listMap(CustomResourceDefinitionCondition, ['type'], { patchStrategy: 'replace' }), 'Aspects of the state.'),
  observedGeneration: optional(0, int64(), 'The generation that the controllers have seen.'),
  storedVersions: embedded(0, list(string()), 'Versions that objects may have been stored in.'),
})
export type CustomResourceDefinitionStatus = Static<typeof CustomResourceDefinitionStatus>

export const CustomResourceDefinitionSchema = message(
  `${group}CustomResourceDefinition`,
  'Makes the API server serve a resource that users have invented; its name is plural.group.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: CustomResourceDefinition.'),
    metadata: embedded(0, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: required(0, CustomResourceDefinitionSpec, 'The resource.'),
    status: embedded(0, CustomResourceDefinitionStatus, 'What became of it.'),
  },
)
export type CustomResourceDefinition = Static<typeof CustomResourceDefinitionSchema>

export const CustomResourceDefinition = defineKind(CustomResourceDefinitionSchema, {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  generation: true,
  subresources: { status: statusSubresource },
  statusKeeps: 'metadata',
  validateName: validateDefinitionName,
  applyDefaults: defaultDefinition,
  prepareForCreate: withStoredVersion,
  prepareForUpdate: withStoredVersion,
  blockers: deletionBlockers,
  prepareForDelete: markedForDeletion,
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  validateStatusUpdate: validateDefinitionStatus,
  columns: [nameColumn, createdAtColumn],
})
