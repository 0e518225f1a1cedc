import { validateObjectFieldSelector, validateResourceFieldSelector, volumeFieldPaths } from './container-env-validation.ts'
import { descendingPath, eachAt, invalidAll, requiredUnless, unreservedPath } from './pod-field-checks.ts'
import type { DownwardAPIVolumeFile, KeyToPath, ServiceAccountTokenProjection, VolumeProjection, Volume } from './volume.ts'
import type { VolumeCheck } from './volume-network-validation.ts'
import { configMapKeyErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

const modeError = 'must be a number between 0 and 0777 (octal), both inclusive'
const shortestToken = 10 * 60
const longestToken = 2 ** 32

const validateMode = (mode: number | undefined, path: string): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > 0o777) ? [fieldInvalid(path, mode, modeError)] : []
const validateDefaultMode = (mode: number | undefined, path: string): FieldError[] =>
  mode === undefined ? [fieldRequired(path)] : validateMode(mode, path)

const validatePath = (file: string, path: string): FieldError[] => (file ? unreservedPath(file, path) : [fieldRequired(path)])

const validateItems = (items: readonly KeyToPath[] | undefined, path: string): FieldError[] =>
  eachAt(items ?? [], path, ({ key, path: file, mode }, at) => [
    ...(key ? invalidAll(`${at}.key`, key, configMapKeyErrors(key)) : [fieldRequired(`${at}.key`)]),
    ...validatePath(file, `${at}.path`),
    ...validateMode(mode, `${at}.mode`),
  ])

function validateDownwardFile({ path: file, fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile, at: string): FieldError[] {
  const errors = validatePath(file, `${at}.path`)
  if (fieldRef) {
    errors.push(...validateObjectFieldSelector(fieldRef, volumeFieldPaths, `${at}.fieldRef`))
    if (resourceFieldRef) errors.push(fieldInvalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  } else if (resourceFieldRef) errors.push(...validateResourceFieldSelector(resourceFieldRef, `${at}.resourceFieldRef`, true))
  else errors.push(fieldRequired(at, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...validateMode(mode, `${at}.mode`)]
}

function validateToken({ expirationSeconds: seconds, path: file }: ServiceAccountTokenProjection, path: string): FieldError[] {
  const at = `${path}.expirationSeconds`
  return [
    ...(seconds !== undefined && seconds < shortestToken
      ? [fieldInvalid(at, seconds, 'may not specify a duration less than 10 minutes')]
      : []),
    ...(seconds !== undefined && seconds > longestToken
      ? [fieldInvalid(at, seconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    ...(file ? descendingPath(file, `${path}.path`) : [fieldRequired(`${path}.path`)]),
  ]
}

function validateTrustBundle(bundle: NonNullable<VolumeProjection['clusterTrustBundle']>, path: string): FieldError[] {
  const { name, signerName, labelSelector } = bundle
  const errors: FieldError[] = []
  if (name === undefined && signerName === undefined) errors.push(fieldRequired(path, 'either name or signerName must be specified'))
  if (name !== undefined && signerName !== undefined) errors.push(fieldInvalid(path, name, 'only one of name and signerName may be used'))
  if (name !== undefined && labelSelector)
    errors.push(fieldInvalid(`${path}.labelSelector`, labelSelector, 'labelSelector must be unset if name is specified'))
  if (!bundle.path) errors.push(fieldRequired(`${path}.path`))
  else errors.push(...unreservedPath(bundle.path, `${path}.path`))
  return errors
}

function validatePodCertificate(certificate: NonNullable<VolumeProjection['podCertificate']>, path: string): FieldError[] {
  const { credentialBundlePath, keyPath, certificateChainPath } = certificate
  return [
    ...requiredUnless(certificate.signerName, `${path}.signerName`),
    ...requiredUnless(certificate.keyType, `${path}.keyType`),
    ...Object.entries({ credentialBundlePath, keyPath, certificateChainPath }).flatMap(([field, file]) =>
      file ? unreservedPath(file, `${path}.${field}`) : [],
    ),
    ...(credentialBundlePath || keyPath || certificateChainPath
      ? []
      : [fieldRequired(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath')]),
  ]
}

type ProjectionSource = keyof VolumeProjection
const projections: { readonly [S in ProjectionSource]-?: (projection: NonNullable<VolumeProjection[S]>, path: string) => FieldError[] } = {
  secret: ({ name, items }, path) => [...requiredUnless(name, `${path}.name`), ...validateItems(items, `${path}.items`)],
  configMap: ({ name, items }, path) => [...requiredUnless(name, `${path}.name`), ...validateItems(items, `${path}.items`)],
  downwardAPI: ({ items }, path) => eachAt(items ?? [], `${path}.items`, validateDownwardFile),
  serviceAccountToken: validateToken,
  clusterTrustBundle: validateTrustBundle,
  podCertificate: validatePodCertificate,
}

/** The files that a projection is known to write before anything is read. */
function filesOf({ secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle }: VolumeProjection): string[] {
  const listed = [...(secret?.items ?? []), ...(configMap?.items ?? []), ...(downwardAPI?.items ?? [])].map(item => item.path)
  return [...listed, ...[serviceAccountToken?.path, clusterTrustBundle?.path].filter(path => path !== undefined)].filter(
    path => path !== '',
  )
}

function validateProjected({ defaultMode, sources }: NonNullable<Volume['projected']>, path: string): FieldError[] {
  const files = new Set<string>()
  const errors = eachAt(sources ?? [], `${path}.sources`, (projection, at) => {
    const [first, ...others] = (Object.keys(projections) as ProjectionSource[]).filter(source => projection[source] !== undefined)
    if (!first) return []
    const check = projections[first] as (value: unknown, path: string) => FieldError[]
    return [
      ...check(projection[first], `${at}.${first}`),
      ...others.map(other => fieldForbidden(`${at}.${other}`, 'may not specify more than 1 volume type per source')),
      ...filesOf(projection).flatMap(file => {
        const taken = files.has(file)
        files.add(file)
        return taken ? [fieldInvalid(`${path}.sources`, file, 'conflicting duplicate paths')] : []
      }),
    ]
  })
  return [...validateDefaultMode(defaultMode, `${path}.defaultMode`), ...errors]
}

/** Volumes whose files come from the API. */
export const fileVolumeChecks = {
  secret: ({ secret }, path) => [
    ...requiredUnless(secret.secretName, `${path}.secretName`),
    ...validateDefaultMode(secret.defaultMode, `${path}.defaultMode`),
    ...validateItems(secret.items, `${path}.items`),
  ],
  configMap: ({ configMap }, path) => [
    ...requiredUnless(configMap.name, `${path}.name`),
    ...validateDefaultMode(configMap.defaultMode, `${path}.defaultMode`),
    ...validateItems(configMap.items, `${path}.items`),
  ],
  downwardAPI: ({ downwardAPI }, path) => [
    ...validateDefaultMode(downwardAPI.defaultMode, `${path}.defaultMode`),
    ...eachAt(downwardAPI.items ?? [], `${path}.items`, validateDownwardFile),
  ],
  projected: ({ projected }, path) => validateProjected(projected, path),
} satisfies { [S in 'secret' | 'configMap' | 'downwardAPI' | 'projected']: VolumeCheck<S> }
