import { descendingPath, invalidAll, rangeErrors, requiredUnless, supported } from './pod-field-checks.ts'
import type { Volume } from './volume.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'

type Source = Exclude<keyof Volume, 'name'>
/** Checks one source of a volume, which is there. */
export type VolumeCheck<S extends Source> = (
  volume: { readonly [K in S]: NonNullable<Volume[K]> },
  path: string,
  rules: { readonly isPod: boolean },
) => FieldError[]

/** Every named property must be there. */
const needs = <T extends object>(source: T, path: string, names: readonly (keyof T & string)[]): FieldError[] =>
  names.flatMap(name => {
    const value = source[name]
    return requiredUnless(Array.isArray(value) ? value.length > 0 : value, `${path}.${name}`)
  })
const partition = (value: number | undefined, path: string): FieldError[] =>
  invalidAll(`${path}.partition`, value ?? 0, rangeErrors(value ?? 0, 0, 255))

function validateNfs({ server, path: directory }: NonNullable<Volume['nfs']>, path: string): FieldError[] {
  return [
    ...requiredUnless(server, `${path}.server`),
    ...requiredUnless(directory, `${path}.path`),
    ...(directory.startsWith('/') ? [] : [fieldInvalid(`${path}.path`, directory, 'must be an absolute path')]),
  ]
}

function validateIscsi(iscsi: NonNullable<Volume['iscsi']>, path: string): FieldError[] {
  const { iqn, lun, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = iscsi
  const errors = requiredUnless(iscsi.targetPortal, `${path}.targetPortal`)
  if (!iqn) errors.push(fieldRequired(`${path}.iqn`))
  else if (!/^(iqn|eui|naa)/.test(iqn)) errors.push(fieldInvalid(`${path}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa'))
  else if (iqn.startsWith('iqn') && !/^iqn\.\d{4}-\d{2}\.([a-z0-9-.]+)(:([^,;*&$|\s]+))$/.test(iqn))
    errors.push(fieldInvalid(`${path}.iqn`, iqn, 'must be valid format'))
  errors.push(...invalidAll(`${path}.lun`, lun, rangeErrors(lun, 0, 255)))
  if ((chapAuthDiscovery || chapAuthSession) && !secretRef) errors.push(fieldRequired(`${path}.secretRef`))
  if (initiatorName === '') errors.push(fieldInvalid(`${path}.initiatorname`, initiatorName, 'must be valid format'))
  return errors
}

function validateFc({ targetWWNs = [], wwids = [], lun }: NonNullable<Volume['fc']>, path: string): FieldError[] {
  if (targetWWNs.length === 0 && wwids.length === 0)
    return [fieldRequired(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')]
  if (targetWWNs.length > 0 && wwids.length > 0)
    return [fieldInvalid(`${path}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')]
  if (targetWWNs.length === 0) return []
  return lun === undefined
    ? [fieldRequired(`${path}.lun`, 'lun is required if targetWWNs is specified')]
    : invalidAll(`${path}.lun`, lun, rangeErrors(lun, 0, 255))
}

function validateFlocker({ datasetName, datasetUUID }: NonNullable<Volume['flocker']>, path: string): FieldError[] {
  if (!datasetName && !datasetUUID) return [fieldRequired(path, 'one of datasetName and datasetUUID is required')]
  if (datasetName && datasetUUID) return [fieldInvalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')]
  return datasetName?.includes('/') ? [fieldInvalid(`${path}.datasetName`, datasetName, "must not contain '/'")] : []
}

function validateCsi({ driver, nodePublishSecretRef }: NonNullable<Volume['csi']>, path: string): FieldError[] {
  const at = `${path}.driver`
  const errors: FieldError[] = []
  if (!driver) errors.push(fieldRequired(at))
  if (driver.length > 63) errors.push(fieldTooLong(at, 63))
  errors.push(...invalidAll(at, driver, driver ? dns1123SubdomainErrors(driver.toLowerCase()) : []))
  return nodePublishSecretRef && !nodePublishSecretRef.name ? [...errors, fieldRequired(`${path}.nodePublishSecretRef.name`)] : errors
}

function validateQuobyte(quobyte: NonNullable<Volume['quobyte']>, path: string): FieldError[] {
  const { registry, tenant } = quobyte
  const errors: FieldError[] = []
  if (!registry) errors.push(fieldRequired(`${path}.registry`, 'must be a host:port pair or multiple pairs separated by commas'))
  else if (registry.split(',').some(pair => !/^[^:]*:[^:]+$/.test(pair)))
    errors.push(fieldInvalid(`${path}.registry`, registry, 'must be a host:port pair or multiple pairs separated by commas'))
  if ((tenant ?? '').length >= 65)
    errors.push(fieldRequired(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'))
  return [...errors, ...requiredUnless(quobyte.volume, `${path}.volume`)]
}

function validateAzureDisk({ diskName, diskURI, cachingMode, kind }: NonNullable<Volume['azureDisk']>, path: string): FieldError[] {
  return [
    ...needs({ diskName, diskURI }, path, ['diskName', 'diskURI']),
    ...(cachingMode === undefined ? [] : supported(`${path}.cachingMode`, cachingMode, ['None', 'ReadOnly', 'ReadWrite'])),
    ...(kind === undefined ? [] : supported(`${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared'])),
  ]
}

function validateStorageOs({ volumeName, volumeNamespace, secretRef }: NonNullable<Volume['storageos']>, path: string): FieldError[] {
  const label = (value: string | undefined, name: string) => (value && value.length > 63 ? [fieldTooLong(`${path}.${name}`, 63)] : [])
  return [
    ...(volumeName ? label(volumeName, 'volumeName') : [fieldRequired(`${path}.volumeName`)]),
    ...label(volumeNamespace, 'volumeNamespace'),
    ...(secretRef && !secretRef.name ? [fieldRequired(`${path}.secretRef.name`)] : []),
  ]
}

/** Volumes that live outside the cluster; persistent volumes name most of them too. */
export const blockVolumeChecks = {
  gitRepo: ({ gitRepo }, path) => [
    ...needs(gitRepo, path, ['repository']),
    ...(gitRepo.directory ? descendingPath(gitRepo.directory, `${path}.directory`) : []),
  ],
  gcePersistentDisk: ({ gcePersistentDisk: disk }, path) => [...needs(disk, path, ['pdName']), ...partition(disk.partition, path)],
  awsElasticBlockStore: ({ awsElasticBlockStore: disk }, path) => [...needs(disk, path, ['volumeID']), ...partition(disk.partition, path)],
  nfs: ({ nfs }, path) => validateNfs(nfs, path),
  iscsi: ({ iscsi }, path) => validateIscsi(iscsi, path),
  glusterfs: ({ glusterfs }, path) => needs(glusterfs, path, ['endpoints', 'path']),
  flocker: ({ flocker }, path) => validateFlocker(flocker, path),
  persistentVolumeClaim: ({ persistentVolumeClaim }, path) => needs(persistentVolumeClaim, path, ['claimName']),
  rbd: ({ rbd }, path) => needs(rbd, path, ['monitors', 'image']),
  cinder: ({ cinder }, path) => [
    ...needs(cinder, path, ['volumeID']),
    ...(cinder.secretRef && !cinder.secretRef.name ? [fieldRequired(`${path}.secretRef.name`)] : []),
  ],
  cephfs: ({ cephfs }, path) => needs(cephfs, path, ['monitors']),
  quobyte: ({ quobyte }, path) => validateQuobyte(quobyte, path),
  fc: ({ fc }, path) => validateFc(fc, path),
  flexVolume: ({ flexVolume }, path) => [
    ...needs(flexVolume, path, ['driver']),
    ...Object.keys(flexVolume.options ?? {})
      .filter(key => /(^|\.)(kubernetes|k8s)\.io$/.test(key.split('/')[0]?.toLowerCase() ?? '') && key.includes('/'))
      .map(key => fieldInvalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')),
  ],
  azureFile: ({ azureFile }, path) => needs(azureFile, path, ['secretName', 'shareName']),
  vsphereVolume: ({ vsphereVolume }, path) => needs(vsphereVolume, path, ['volumePath']),
  photonPersistentDisk: ({ photonPersistentDisk }, path) => needs(photonPersistentDisk, path, ['pdID']),
  portworxVolume: ({ portworxVolume }, path) => needs(portworxVolume, path, ['volumeID']),
  azureDisk: ({ azureDisk }, path) => validateAzureDisk(azureDisk, path),
  storageos: ({ storageos }, path) => validateStorageOs(storageos, path),
  scaleIO: ({ scaleIO }, path) => needs(scaleIO, path, ['gateway', 'system', 'volumeName']),
  csi: ({ csi }, path) => validateCsi(csi, path),
} satisfies { [S in Source]?: VolumeCheck<S> }
