import { applyPodDefaults } from './pod-defaults.ts'
import { podColumns } from './pod-printer.ts'
import { podSelectableFields } from './pod-selectable-fields.ts'
import { PodSpec } from './pod-spec.ts'
import { PodStatus } from './pod-status.ts'
import { podGracePeriod, preparePodForCreate, preparePodForUpdate, preparePodSubresource } from './pod-strategy.ts'
import { validatePod } from './pod-validation.ts'
import { validatePodResize } from './pod-resize-validation.ts'
import { validateEphemeralContainersUpdate } from './pod-subresource-validation.ts'
import { validatePodStatusUpdate, validatePodUpdate } from './pod-update-validation.ts'
import { warningsForPod } from './pod-warnings.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import { embedded, message, stored, string, type Static } from '../schema/schema.ts'

export const PodSchema = message('io.k8s.api.core.v1.Pod', 'Containers that run together on one node and share network and volumes.', {
  apiVersion: stored(0, string(), 'Version of the API that the object follows, such as `v1`.'),
  kind: stored(0, string(), 'What the object is.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and everything else that all objects have.'),
  spec: embedded(2, PodSpec, 'What to run, and where and how.'),
  status: embedded(3, PodStatus, 'How it is doing.'),
})
export type Pod = Static<typeof PodSchema>

export const Pod = defineKind(PodSchema, {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  returnsDeleted: true,
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  columns: podColumns,
  selectableFields: podSelectableFields,
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    ephemeralcontainers: { type: 'update', verbs: ['get', 'patch', 'update'] },
    resize: { type: 'update', verbs: ['get', 'patch', 'update'] },
    binding: { type: 'action', kind: 'Binding', verbs: ['create'] },
    eviction: { type: 'action', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    log: { type: 'connect', verbs: ['get'] },
    exec: { type: 'connect', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    attach: { type: 'connect', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    portforward: { type: 'connect', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    proxy: { type: 'connect', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  },
  defaultGracePeriod: podGracePeriod,
  validateName: nameCheck(dns1123SubdomainErrors),
  applyDefaults: applyPodDefaults,
  prepareForCreate: preparePodForCreate,
  prepareForUpdate: preparePodForUpdate,
  prepareSubresource: preparePodSubresource,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  validateSubresource: { ephemeralcontainers: validateEphemeralContainersUpdate, resize: validatePodResize },
  warnings: warningsForPod,
})
