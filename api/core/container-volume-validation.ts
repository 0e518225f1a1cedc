import type { Container, EphemeralContainer, VolumeMount } from './container.ts'
import { descendingPath, eachAt, noBacksteps, requiredUnless, supported } from './pod-field-checks.ts'
import type { Volume } from './volume.ts'
import { fieldForbidden, fieldInvalid, fieldNotFound, fieldRequired, type FieldError } from '../schema/field-error.ts'

type AnyContainer = Container | EphemeralContainer
type Volumes = ReadonlyMap<string, Volume>

const propagations = ['Bidirectional', 'HostToContainer', 'None'] as const
const readOnlyModes = ['Disabled', 'Enabled', 'IfPossible'] as const

function validatePropagation(mode: string | undefined, privileged: boolean, path: string): FieldError[] {
  if (mode === undefined) return []
  const errors = supported(path, mode, propagations)
  return mode === 'Bidirectional' && !privileged
    ? [...errors, fieldForbidden(path, 'Bidirectional mount propagation is available only to privileged containers')]
    : errors
}

function validateRecursiveReadOnly({ recursiveReadOnly: mode, readOnly, mountPropagation }: VolumeMount, path: string): FieldError[] {
  if (mode === undefined || mode === 'Disabled') return []
  const errors = supported(path, mode, readOnlyModes)
  if (errors.length > 0) return errors
  return [
    ...(readOnly ? [] : [fieldForbidden(path, 'may only be specified when readOnly is true')]),
    ...(mountPropagation && mountPropagation !== 'None'
      ? [fieldForbidden(path, 'may only be specified when mountPropagation is None or not specified')]
      : []),
  ]
}

function validateSubPath({ subPath, subPathExpr }: VolumeMount, at: string): FieldError[] {
  return [
    ...(subPath ? descendingPath(subPath, `${at}.subPath`) : []),
    ...(subPath && subPathExpr ? [fieldInvalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')] : []),
    ...(subPathExpr ? descendingPath(subPathExpr, `${at}.subPathExpr`) : []),
  ]
}

export function validateVolumeMounts(container: AnyContainer, volumes: Volumes, path: string): FieldError[] {
  const mounted = new Set<string>()
  const devices = container.volumeDevices ?? []
  return eachAt(container.volumeMounts ?? [], path, (mount, at) => {
    const { name, mountPath } = mount
    const twice = mounted.has(mountPath)
    mounted.add(mountPath)
    return [
      ...requiredUnless(name, `${at}.name`),
      ...(volumes.has(name) ? [] : [fieldNotFound(`${at}.name`, name)]),
      ...requiredUnless(mountPath, `${at}.mountPath`),
      ...(twice ? [fieldInvalid(`${at}.mountPath`, mountPath, 'must be unique')] : []),
      ...(devices.some(device => device.name === name)
        ? [fieldInvalid(`${at}.name`, name, 'must not already exist in volumeDevices')]
        : []),
      ...(devices.some(({ devicePath }) => devicePath === mountPath)
        ? [fieldInvalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')]
        : []),
      ...validateSubPath(mount, at),
      ...validatePropagation(mount.mountPropagation, container.securityContext?.privileged ?? false, `${at}.mountPropagation`),
      ...validateRecursiveReadOnly(mount, `${at}.recursiveReadOnly`),
    ]
  })
}

/** Block devices come from claims only, and share neither name nor path with a mount. */
export function validateVolumeDevices(container: AnyContainer, volumes: Volumes, path: string): FieldError[] {
  const names = new Set<string>()
  const paths = new Set<string>()
  const mounts = container.volumeMounts ?? []
  return eachAt(container.volumeDevices ?? [], path, ({ name, devicePath }, at) => {
    const errors: FieldError[] = []
    const volume = volumes.get(name)
    const wrongName = (sentence: string) => errors.push(fieldInvalid(`${at}.name`, name, sentence))
    const wrongPath = (sentence: string) => errors.push(fieldInvalid(`${at}.devicePath`, devicePath, sentence))
    if (!name) errors.push(fieldRequired(`${at}.name`))
    if (names.has(name)) wrongName('must be unique')
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      wrongName('can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode')
    if (!volume) errors.push(fieldNotFound(`${at}.name`, name))
    if (!devicePath) errors.push(fieldRequired(`${at}.devicePath`))
    if (paths.has(devicePath)) wrongPath('must be unique')
    if (noBacksteps(devicePath, at).length > 0) wrongPath("can not contain backsteps ('..')")
    else paths.add(devicePath)
    if (mounts.some(mount => mount.name === name)) wrongName('must not already exist in volumeMounts')
    if (mounts.some(({ mountPath }) => mountPath === devicePath)) wrongPath('must not already exist as a path in volumeMounts')
    if (name) names.add(name)
    return errors
  })
}
