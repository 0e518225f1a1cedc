import { validateCsiDriver, validateCsiDriverUpdate } from './csi-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, int64, list, message, optional, required, set, stored, string, type Static } from '../schema/schema.ts'

export const TokenRequest = message(
  'io.k8s.api.storage.v1.TokenRequest',
  'A token that the driver wants to have of the service account of pods.',
  {
    audience: required(1, string(), 'Who the token is for; the API server when empty.'),
    expirationSeconds: optional(2, int64({ presence: 'pointer' }), 'How many seconds it is valid.'),
  },
)
export type TokenRequest = Static<typeof TokenRequest>

export const CSIDriverSpec = message('io.k8s.api.storage.v1.CSIDriverSpec', 'What a storage driver can do and wants to know.', {
  attachRequired: optional(
    1,
    boolean({ default: true, presence: 'pointer' }),
    'Whether volumes must be attached to a node before they are mounted.',
  ),
  podInfoOnMount: optional(
    2,
    boolean({ default: false, presence: 'pointer' }),
    'Whether the driver is told about the pod that a volume is mounted for.',
  ),
  volumeLifecycleModes: optional(3, set(string()), 'Whether volumes outlive pods (Persistent) or not (Ephemeral).'),
  storageCapacity: optional(
    4,
    boolean({ default: false, presence: 'pointer' }),
    'Whether the scheduler looks at how much room the driver has.',
  ),
  fsGroupPolicy: optional(
    5,
    string({ default: 'ReadWriteOnceWithFSType', presence: 'pointer' }),
    'When files get the group of the pod: ReadWriteOnceWithFSType, File or None.',
  ),
  tokenRequests: optional(6, list(TokenRequest), 'Tokens that the driver wants to have.'),
  requiresRepublish: optional(
    7,
    boolean({ default: false, presence: 'pointer' }),
    'Whether the driver wants to be called again from time to time.',
  ),
  seLinuxMount: optional(8, boolean({ default: false, presence: 'pointer' }), 'Whether volumes can be mounted with a SELinux label.'),
  nodeAllocatableUpdatePeriodSeconds: optional(
    9,
    int64({ presence: 'pointer' }),
    'Seconds between updates of how many volumes a node can have.',
  ),
  serviceAccountTokenInSecrets: optional(10, boolean({ presence: 'pointer' }), 'Whether tokens are handed over among the secrets.'),
  preventPodSchedulingIfMissing: optional(11, boolean({ presence: 'pointer' }), 'Whether pods stay away from nodes without the driver.'),
})
export type CSIDriverSpec = Static<typeof CSIDriverSpec>

export const CSIDriverSchema = message('io.k8s.api.storage.v1.CSIDriver', 'A storage driver that is installed.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: CSIDriver.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, CSIDriverSpec, 'What it can do and wants to know.'),
})
export type CSIDriver = Static<typeof CSIDriverSchema>

export const CSIDriver = defineKind(CSIDriverSchema, {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  generation: true,
  inert: true,
  applyDefaults: driver => {
    const modes = driver.spec.volumeLifecycleModes ?? []
    return modes.length > 0 ? driver : { ...driver, spec: { ...driver.spec, volumeLifecycleModes: ['Persistent'] } }
  },
  validate: validateCsiDriver,
  validateUpdate: validateCsiDriverUpdate,
  columns: [
    nameColumn,
    {
      name: 'AttachRequired',
      type: 'boolean',
      description: 'Whether volumes must be attached.',
      cell: ({ spec }) => spec.attachRequired ?? true,
    },
    {
      name: 'PodInfoOnMount',
      type: 'boolean',
      description: 'Whether it is told about pods.',
      cell: ({ spec }) => spec.podInfoOnMount ?? false,
    },
    {
      name: 'StorageCapacity',
      type: 'boolean',
      description: 'Whether its room is looked at.',
      cell: ({ spec }) => spec.storageCapacity ?? false,
    },
    {
      name: 'TokenRequests',
      type: 'string',
      description: 'Audiences of the tokens that it wants.',
      cell: ({ spec }) => (spec.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(',') : '<unset>'),
    },
    {
      name: 'RequiresRepublish',
      type: 'boolean',
      description: 'Whether it is called from time to time.',
      cell: ({ spec }) => spec.requiresRepublish ?? false,
    },
    {
      name: 'Modes',
      type: 'string',
      description: 'How long its volumes live.',
      cell: ({ spec }) => (spec.volumeLifecycleModes?.length ? spec.volumeLifecycleModes.join(',') : '<unset>'),
    },
    ageColumn,
  ],
})
