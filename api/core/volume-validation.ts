import { validateClaimSpec } from './persistent-volume-claim-validation.ts'
import { eachAt, noBacksteps, requiredUnless, supported } from './pod-field-checks.ts'
import { blockVolumeChecks, type VolumeCheck } from './volume-network-validation.ts'
import { fileVolumeChecks } from './volume-files-validation.ts'
import type { Volume } from './volume.ts'
import { dns1123LabelErrors } from '../names.ts'
import { compareQuantities } from '../quantity.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

export interface VolumeRules {
  /** In templates an image volume may leave its reference open. */
  readonly isPod: boolean
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'] as const

/** Also for persistent volumes. */
export function validateHostPath({ path: directory, type }: NonNullable<Volume['hostPath']>, path: string): FieldError[] {
  if (!directory) return [fieldRequired(`${path}.path`)]
  return [...noBacksteps(directory, `${path}.path`), ...(type === undefined ? [] : supported(`${path}.type`, type, hostPathTypes))]
}

const validateEmptyDir = ({ sizeLimit }: NonNullable<Volume['emptyDir']>, path: string): FieldError[] =>
  sizeLimit !== undefined && compareQuantities(sizeLimit, '0') < 0
    ? [fieldForbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
    : []

function validateImage({ reference, pullPolicy }: NonNullable<Volume['image']>, path: string, { isPod }: VolumeRules): FieldError[] {
  return [
    ...(isPod ? requiredUnless(reference, `${path}.reference`) : []),
    ...(pullPolicy
      ? supported(`${path}.pullPolicy`, pullPolicy, ['Always', 'IfNotPresent', 'Never'])
      : [fieldRequired(`${path}.pullPolicy`)]),
  ]
}

function validateEphemeral({ volumeClaimTemplate: template }: NonNullable<Volume['ephemeral']>, path: string): FieldError[] {
  const at = `${path}.volumeClaimTemplate`
  if (!template) return [fieldRequired(at)]
  return validateClaimSpec(template.spec, `${at}.spec`)
}

type Source = Exclude<keyof Volume, 'name'>
/** In upstream's order, which decides what counts as the one source too many. */
const checks: { readonly [S in Source]-?: VolumeCheck<S> } = {
  emptyDir: ({ emptyDir }, path) => validateEmptyDir(emptyDir, path),
  hostPath: ({ hostPath }, path) => validateHostPath(hostPath, path),
  ...blockVolumeChecks,
  ...fileVolumeChecks,
  ephemeral: ({ ephemeral }, path) => validateEphemeral(ephemeral, path),
  image: ({ image }, path, rules) => validateImage(image, path, rules),
}
const order: readonly Source[] = [
  ...(['emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi', 'glusterfs'] as const),
  ...(['flocker', 'persistentVolumeClaim', 'rbd', 'cinder', 'cephfs', 'quobyte', 'downwardAPI', 'fc', 'flexVolume', 'configMap'] as const),
  ...(['azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'storageos', 'projected', 'scaleIO'] as const),
  ...(['csi', 'ephemeral', 'image'] as const),
]

function validateSource(volume: Volume, path: string, rules: VolumeRules): FieldError[] {
  const [first, ...others] = order.filter(source => volume[source] !== undefined)
  if (!first) return [fieldRequired(path, 'must specify a volume type')]
  const check = checks[first] as (volume: Volume, path: string, rules: VolumeRules) => FieldError[]
  return [
    ...check(volume, `${path}.${first}`, rules),
    ...others.map(other => fieldForbidden(`${path}.${other}`, 'may not specify more than 1 volume type')),
  ]
}

/** The errors, and by name the volumes without any: only those can be mounted. */
export function validateVolumes(
  volumes: readonly Volume[],
  path: string,
  rules: VolumeRules,
): { readonly errors: FieldError[]; readonly valid: ReadonlyMap<string, Volume> } {
  const valid = new Map<string, Volume>()
  const errors = eachAt(volumes, path, (volume, at) => {
    const { name } = volume
    const wrong = validateSource(volume, at, rules)
    if (!name) wrong.push(fieldRequired(`${at}.name`))
    else wrong.push(...dns1123LabelErrors(name).map(sentence => fieldInvalid(`${at}.name`, name, sentence)))
    if (valid.has(name)) wrong.push(fieldDuplicate(`${at}.name`, name))
    if (wrong.length === 0) valid.set(name, volume)
    return wrong
  })
  return { errors, valid }
}
