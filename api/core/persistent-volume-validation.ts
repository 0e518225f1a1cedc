import { posix } from 'node:path'
import { validateAccessModes } from './access-modes.ts'
import { validateNodeSelector } from './affinity-validation.ts'
import { validateResourceQuantity } from './container-resources-validation.ts'
import { PersistentVolumeSpec } from './persistent-volume-spec.ts'
import type { PersistentVolume } from './persistent-volume.ts'
import { validatePositiveQuantity } from './persistent-volume-claim-validation.ts'
import { goDiff } from './pod-diff.ts'
import { invalidAll, noBacksteps, supported } from './pod-field-checks.ts'
import { blockVolumeChecks } from './volume-network-validation.ts'
import { validateHostPath } from './volume-validation.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldForbidden, fieldNotSupported, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

type Source = keyof typeof checks
type Check = (spec: PersistentVolumeSpec, path: string) => FieldError[]

/** Sources that pods can name too are checked as theirs are: what is looked at is the same. */
const asInPods = (source: keyof typeof blockVolumeChecks): Check =>
  blockVolumeChecks[source] as unknown as (spec: PersistentVolumeSpec, path: string) => FieldError[]

/** In upstream's order, which decides what counts as the one source too many. */
const checks = {
  hostPath: ({ hostPath }, path) => (hostPath ? validateHostPath(hostPath, path) : []),
  gcePersistentDisk: asInPods('gcePersistentDisk'),
  awsElasticBlockStore: asInPods('awsElasticBlockStore'),
  glusterfs: asInPods('glusterfs'),
  flocker: asInPods('flocker'),
  nfs: asInPods('nfs'),
  rbd: asInPods('rbd'),
  quobyte: asInPods('quobyte'),
  cephfs: asInPods('cephfs'),
  iscsi: asInPods('iscsi'),
  cinder: asInPods('cinder'),
  fc: asInPods('fc'),
  flexVolume: asInPods('flexVolume'),
  azureFile: asInPods('azureFile'),
  vsphereVolume: asInPods('vsphereVolume'),
  photonPersistentDisk: asInPods('photonPersistentDisk'),
  portworxVolume: asInPods('portworxVolume'),
  azureDisk: asInPods('azureDisk'),
  scaleIO: asInPods('scaleIO'),
  local: validateLocal,
  storageos: asInPods('storageos'),
  csi: validateCsi,
} satisfies { readonly [S in keyof PersistentVolumeSpec]?: Check }

function validateLocal({ local, nodeAffinity }: PersistentVolumeSpec, path: string): FieldError[] {
  if (!local?.path) return [fieldRequired(`${path}.path`)]
  return [
    ...noBacksteps(local.path, `${path}.path`),
    ...(nodeAffinity?.required ? [] : [fieldRequired('spec.nodeAffinity', 'Local volume requires node affinity')]),
  ]
}

function validateCsi({ csi }: PersistentVolumeSpec, path: string): FieldError[] {
  if (!csi) return []
  const { driver, volumeHandle } = csi
  const { controllerPublishSecretRef, controllerExpandSecretRef, nodePublishSecretRef, nodeExpandSecretRef } = csi
  const secrets = { controllerPublishSecretRef, controllerExpandSecretRef, nodePublishSecretRef, nodeExpandSecretRef }
  return [
    ...(driver ? invalidAll(`${path}.driver`, driver, dns1123SubdomainErrors(driver.toLowerCase())) : [fieldRequired(`${path}.driver`)]),
    ...(driver.length > 63 ? [fieldTooLong(`${path}.driver`, 63)] : []),
    ...(volumeHandle ? [] : [fieldRequired(`${path}.volumeHandle`)]),
    ...Object.entries(secrets).flatMap(([name, secret]) =>
      secret ? (['name', 'namespace'] as const).flatMap(field => (secret[field] ? [] : [fieldRequired(`${path}.${name}.${field}`)])) : [],
    ),
  ]
}

function validateSources(spec: PersistentVolumeSpec): FieldError[] {
  const [first, ...others] = (Object.keys(checks) as Source[]).filter(source => spec[source] !== undefined)
  if (!first) return [fieldRequired('spec', 'must specify a volume type')]
  return [
    ...(checks[first] as Check)(spec, `spec.${first}`),
    ...others.map(other => fieldForbidden(`spec.${other}`, 'may not specify more than 1 volume type')),
  ]
}

function validateCapacity({ capacity = {} }: PersistentVolumeSpec): FieldError[] {
  const path = 'spec.capacity'
  const names = Object.keys(capacity)
  return [
    ...(names.length === 0 ? [fieldRequired(path)] : []),
    ...(capacity['storage'] === undefined || names.length > 1 ? [fieldNotSupported(path, capacity, ['storage'])] : []),
    ...Object.entries(capacity).flatMap(([name, quantity]) => [
      ...validateResourceQuantity(name, quantity, `${path}[${name}]`),
      ...validatePositiveQuantity(quantity, `${path}[${name}]`),
    ]),
  ]
}

function validateNodeAffinity({ nodeAffinity }: PersistentVolumeSpec): FieldError[] {
  if (!nodeAffinity) return []
  const path = 'spec.nodeAffinity.required'
  return nodeAffinity.required
    ? validateNodeSelector(nodeAffinity.required, path)
    : [fieldRequired(path, 'must specify required node constraints')]
}

/** ValidatePersistentVolumeSpec. */
export function validatePersistentVolume({ spec }: PersistentVolume): FieldError[] {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy = '', hostPath, storageClassName, volumeMode } = spec
  return [
    ...(accessModes.length > 0 ? [] : [fieldRequired('spec.accessModes')]),
    ...validateAccessModes(accessModes, 'spec.accessModes'),
    ...validateCapacity(spec),
    ...supported('spec.persistentVolumeReclaimPolicy', policy, ['Delete', 'Recycle', 'Retain']),
    ...validateNodeAffinity(spec),
    ...validateSources(spec),
    ...(hostPath && posix.normalize(hostPath.path) === '/' && policy === 'Recycle'
      ? [fieldForbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
    ...(storageClassName ? invalidAll('spec.storageClassName', storageClassName, dns1123SubdomainErrors(storageClassName)) : []),
    ...(volumeMode === undefined ? [] : supported('spec.volumeMode', volumeMode, ['Block', 'Filesystem'])),
  ]
}

/** What the storage is never changes. */
export function validatePersistentVolumeUpdate(next: PersistentVolume, current: PersistentVolume): FieldError[] {
  const sourcesOf = ({ spec }: PersistentVolume) =>
    Object.fromEntries(Object.keys(checks).flatMap(name => (spec[name as Source] ? [[name, spec[name as Source]]] : [])))
  const [before, after] = [sourcesOf(current), sourcesOf(next)]
  const errors = validatePersistentVolume(next)
  if (!isEqual(after, before)) {
    const difference = goDiff<object>({ properties: sourceSchemas }, before, after)
    errors.push(fieldForbidden('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${difference}`))
  }
  errors.push(...validateImmutableField(next.spec.volumeMode, current.spec.volumeMode, 'spec.volumeMode'))
  if (current.spec.nodeAffinity)
    errors.push(...validateImmutableField(next.spec.nodeAffinity ?? null, current.spec.nodeAffinity, 'spec.nodeAffinity'))
  return errors
}

const sourceSchemas = Object.fromEntries(
  Object.entries(PersistentVolumeSpec.properties ?? {}).filter(([name]) => Object.hasOwn(checks, name)),
)
