import { isEqual } from '../../common/equal.ts'
import { isExtendedResourceName } from '../core/container-resources-validation.ts'
import { fieldInvalid, type FieldError } from '../schema/field-error.ts'
import type { DeviceClass } from './device-class.ts'
import { slice } from './collection-checks.ts'
import { opaqueErrors } from './field-checks.ts'
import { selectorErrors } from './selector-validation.ts'

const mostSettings = 32

/** What did not change was good once, and is not looked at again where rules may have become stricter. */
function classErrors({ spec }: DeviceClass, current?: DeviceClass): FieldError[] {
  const { selectors, config, extendedResourceName: resource } = spec
  const settingsStored = current !== undefined && isEqual(config, current.spec.config)
  return [
    ...selectorErrors(selectors, 'spec.selectors', { stored: current !== undefined && isEqual(selectors, current.spec.selectors) }),
    ...slice(config, 'spec.config', { most: mostSettings, check: ({ opaque }, at) => opaqueErrors(opaque, at, settingsStored) }),
    ...(resource !== undefined && !isExtendedResourceName(resource)
      ? [fieldInvalid('spec.extendedResourceName', resource, 'must be a valid extended resource name')]
      : []),
  ]
}

export const validateDeviceClass = (deviceClass: DeviceClass): FieldError[] => classErrors(deviceClass)
export const validateDeviceClassUpdate = (next: DeviceClass, current: DeviceClass): FieldError[] => classErrors(next, current)
