import type { EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector } from './environment.ts'
import { descendingPath, eachAt, invalidAll, requiredUnless, supported } from './pod-field-checks.ts'
import { configMapKeyErrors, dns1123LabelErrors, envVarNameErrors, qualifiedNameErrors } from '../names.ts'
import { canonicalQuantity, compareQuantities } from '../quantity.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

/** Everything of a pod that the downward API can tell at all. */
const convertible = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.phase',
  'status.podIP',
  'status.podIPs',
]
const forEnvironment = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** Fields that a downward API volume can write into files. */
export const volumeFieldPaths: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]
const resourcePaths = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

/** `metadata.labels['key']` as path and key. */
const subscripted = (path: string): readonly [string, string] | undefined => {
  const [, base, key] = /^(.*?)\['(.*)'\]$/s.exec(path) ?? []
  return base !== undefined && key !== undefined ? [base, key] : undefined
}

function conversionError(version: string, path: string): string | undefined {
  if (version !== 'v1') return `unsupported pod version: ${version}`
  const parts = subscripted(path)
  if (parts)
    return parts[0] === 'metadata.annotations' || parts[0] === 'metadata.labels'
      ? undefined
      : `field label does not support subscript: ${path}`
  return convertible.includes(path) || path === 'spec.host' ? undefined : `field label not supported: ${path}`
}

export function validateObjectFieldSelector(selector: ObjectFieldSelector, allowed: readonly string[], path: string): FieldError[] {
  const { apiVersion = '', fieldPath } = selector
  if (!apiVersion) return [fieldRequired(`${path}.apiVersion`)]
  if (!fieldPath) return [fieldRequired(`${path}.fieldPath`)]
  const problem = conversionError(apiVersion, fieldPath)
  if (problem) return [fieldInvalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}`)]
  const parts = subscripted(fieldPath)
  if (parts) return invalidAll(path, parts[1], qualifiedNameErrors(parts[0] === 'metadata.annotations' ? parts[1].toLowerCase() : parts[1]))
  return supported(`${path}.fieldPath`, fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath, allowed)
}

function validateDivisor({ resource, divisor = '0' }: ResourceFieldSelector, path: string): FieldError[] {
  if (compareQuantities(divisor, '0') === 0) return []
  const value = canonicalQuantity(divisor)
  const sizes = `only divisor's values ${byteDivisors.join(', ')} are supported with the`
  const wrong = (sentence: string) => [fieldInvalid(`${path}.divisor`, resource, sentence)]
  const name = resource.slice(resource.indexOf('.') + 1)
  if (name === 'cpu')
    return value === '1' || value === '1m' ? [] : wrong("only divisor's values 1m and 1 are supported with the cpu resource")
  if (byteDivisors.includes(value)) return []
  if (name === 'memory') return wrong(`${sizes} memory resource`)
  if (name === 'ephemeral-storage') return wrong(`${sizes} local ephemeral storage resource`)
  return name.startsWith('hugepages-') ? wrong(`${sizes} hugepages resource`) : []
}

/** In volumes the container must be named: a file does not belong to one. */
export function validateResourceFieldSelector(selector: ResourceFieldSelector, path: string, inVolume = false): FieldError[] {
  const { containerName, resource } = selector
  if (inVolume && !containerName) return [fieldRequired(`${path}.containerName`), ...validateDivisor(selector, path)]
  if (!resource) return [fieldRequired(`${path}.resource`), ...validateDivisor(selector, path)]
  const known = resourcePaths.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)
  return [...(known ? [] : [fieldNotSupported(`${path}.resource`, resource, resourcePaths)]), ...validateDivisor(selector, path)]
}

const validateKeySelector = ({ name, key }: { name?: string; key: string }, path: string): FieldError[] => [
  ...requiredUnless(name, `${path}.name`),
  ...(key ? invalidAll(`${path}.key`, key, configMapKeyErrors(key)) : [fieldRequired(`${path}.key`)]),
]

function validateFileKeySelector({ volumeName, path: file, key }: NonNullable<EnvVarSource['fileKeyRef']>, path: string): FieldError[] {
  return [
    ...(volumeName ? invalidAll(`${path}.volumeName`, volumeName, dns1123LabelErrors(volumeName)) : [fieldRequired(`${path}.volumeName`)]),
    ...(key ? invalidAll(`${path}.key`, key, envVarNameErrors(key)) : [fieldRequired(`${path}.key`)]),
    ...(file ? descendingPath(file, `${path}.path`) : [fieldRequired(`${path}.path`)]),
  ]
}

function validateValueFrom({ value, valueFrom }: EnvVar, path: string): FieldError[] {
  if (!valueFrom) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  const errors = [
    ...(fieldRef ? validateObjectFieldSelector(fieldRef, forEnvironment, `${path}.fieldRef`) : []),
    ...(resourceFieldRef ? validateResourceFieldSelector(resourceFieldRef, `${path}.resourceFieldRef`) : []),
    ...(configMapKeyRef ? validateKeySelector(configMapKeyRef, `${path}.configMapKeyRef`) : []),
    ...(secretKeyRef ? validateKeySelector(secretKeyRef, `${path}.secretKeyRef`) : []),
    ...(fileKeyRef ? validateFileKeySelector(fileKeyRef, `${path}.fileKeyRef`) : []),
  ]
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length
  if (sources === 0) {
    const choice = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'
    return [...errors, fieldInvalid(path, '', choice)]
  }
  if (value) return [...errors, fieldInvalid(path, '', 'may not be specified when `value` is not empty')]
  return sources > 1 ? [...errors, fieldInvalid(path, '', 'may not have more than one field specified at a time')] : errors
}

export const validateEnv = (env: readonly EnvVar[], path: string): FieldError[] =>
  eachAt(env, path, (variable, at) => [
    ...(variable.name ? invalidAll(`${at}.name`, variable.name, envVarNameErrors(variable.name)) : [fieldRequired(`${at}.name`)]),
    ...validateValueFrom(variable, `${at}.valueFrom`),
  ])

export const validateEnvFrom = (sources: readonly EnvFromSource[], path: string): FieldError[] =>
  eachAt(sources, path, ({ prefix, configMapRef, secretRef }, at) => {
    const errors = [
      ...(prefix ? invalidAll(`${at}.prefix`, prefix, envVarNameErrors(prefix)) : []),
      ...(configMapRef ? requiredUnless(configMapRef.name, `${at}.configMapRef.name`) : []),
      ...(secretRef ? requiredUnless(secretRef.name, `${at}.secretRef.name`) : []),
    ]
    if (configMapRef && secretRef) return [...errors, fieldInvalid(path, '', 'may not have more than one field specified at a time')]
    return configMapRef || secretRef ? errors : [...errors, fieldInvalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')]
  })
