import { validateApiService, validateApiServiceName } from './api-service-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { findCondition } from '../conditions.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import {
  boolean,
  bytes,
  embedded,
  int32,
  listMap,
  message,
  optional,
  required,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const ServiceReference = message(
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference',
  'A service in the cluster.',
  {
    name: optional(0, string(), 'Name of the service.'),
    namespace: optional(0, string(), 'Namespace of the service.'),
    port: optional(0, int32({ default: 443, presence: 'pointer' }), 'Port of the service.'),
  },
)
export type ServiceReference = Static<typeof ServiceReference>

export const APIServiceSpec = message(
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec',
  'Which version of which group is served by whom.',
  {
    caBundle: optional(
      0,
      { ...bytes(), 'x-kubernetes-list-type': 'atomic' },
      'Certificates that the one of the service must be signed by.',
    ),
    group: optional(0, string(), 'The group.'),
    groupPriorityMinimum: required(0, int32(), 'Where the group stands among others; higher comes first.'),
    insecureSkipTLSVerify: optional(0, boolean(), 'When true the certificate of the service is not checked.'),
    service: optional(0, ServiceReference, 'The service that serves it; this API server when absent.'),
    version: optional(0, string(), 'The version.'),
    versionPriority: required(0, int32(), 'Where the version stands in its group; higher comes first.'),
  },
)
export type APIServiceSpec = Static<typeof APIServiceSpec>

export const APIServiceCondition = message(
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition',
  'One aspect of the state of an API service.',
  {
    lastTransitionTime: optional(0, time(), 'When the status last changed.'),
    message: optional(0, string(), 'A sentence for people that says why.'),
    reason: optional(0, string(), 'A word for programs that says why.'),
    status: required(0, string(), 'True, False or Unknown.'),
    type: required(0, string(), 'Which aspect this is about.'),
  },
)
export type APIServiceCondition = Static<typeof APIServiceCondition>

export const APIServiceStatus = message(
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus',
  'Whether the version is served.',
  {
    conditions: optional(0, listMap(APIServiceCondition, ['type']), 'Aspects of the state: Available.'),
  },
)
export type APIServiceStatus = Static<typeof APIServiceStatus>

export const APIServiceSchema = message(
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  'Says who serves a version of a group of the API; its name is version.group.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: APIService.'),
    metadata: embedded(0, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(0, APIServiceSpec, 'Which version of which group is served by whom.'),
    status: embedded(0, APIServiceStatus, 'Whether it is served.'),
  },
)
export type APIService = Static<typeof APIServiceSchema>

export const APIService = defineKind(APIServiceSchema, {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: { status: statusSubresource },
  statusKeeps: 'metadata',
  validateName: validateApiServiceName,
  validate: validateApiService,
  columns: [
    nameColumn,
    {
      name: 'Service',
      type: 'string',
      description: 'Who serves it.',
      cell: ({ spec: { service } }) => (service ? `${service.namespace ?? ''}/${service.name ?? ''}` : 'Local'),
    },
    { name: 'Available', type: 'string', description: 'Whether it is served.', cell: availabilityOf },
    ageColumn,
  ],
})

function availabilityOf({ status }: APIService): string {
  const available = findCondition(status.conditions, 'Available')
  if (!available) return 'Unknown'
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`
}
