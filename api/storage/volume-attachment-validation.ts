import { validateDriverName } from './csi-validation.ts'
import type { VolumeAttachment, VolumeAttachmentSource } from './volume-attachment.ts'
import { invalidAll } from '../core/pod-field-checks.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

export const validateVolumeAttachment = ({ spec }: VolumeAttachment): FieldError[] => [
  ...validateSource(spec.source, 'spec.source'),
  ...invalidAll('spec.nodeName', spec.nodeName, dns1123SubdomainErrors(spec.nodeName)),
  ...validateDriverName(spec.attacher, 'spec.attacher'),
]

function validateSource({ persistentVolumeName: name, inlineVolumeSpec }: VolumeAttachmentSource, path: string): FieldError[] {
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (inlineVolumeSpec) return name === undefined ? [] : [fieldForbidden(path, one)]
  if (name === undefined) return [fieldRequired(path, one)]
  const at = `${path}.persistentVolumeName`
  return name ? invalidAll(at, name, dns1123SubdomainErrors(name)) : [fieldRequired(at, 'must specify non empty persistentVolumeName')]
}

export const validateVolumeAttachmentUpdate = (next: VolumeAttachment, current: VolumeAttachment): FieldError[] => [
  ...validateVolumeAttachment(next),
  ...(isEqual(next.spec, current.spec) ? [] : [fieldInvalid('spec', next.spec, 'field is immutable')]),
]
