import { validateAffinity } from './affinity-validation.ts'
import { validateResourceQuantity, validateResourceName } from './container-resources-validation.ts'
import { validateContainers, validateEphemeralContainers, validateInitContainers, type ContainerContext } from './container-validation.ts'
import { eachAt, invalidAll, rangeErrors, supported } from './pod-field-checks.ts'
import { validateDnsConfig, validateDnsPolicy, validateHostAliases } from './pod-network-validation.ts'
import { validatePodResources } from './pod-resources-validation.ts'
import {
  validateReadinessGates,
  validateSchedulingGates,
  validateTolerations,
  validateTopologySpread,
} from './pod-scheduling-validation.ts'
import { validateHostUsers, validatePodSecurityContext } from './pod-security-validation.ts'
import type { PodSpec, PodTemplateSpec } from './pod-spec.ts'
import { validateVolumes } from './volume-validation.ts'
import { validateLabels } from '../label-selector.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../names.ts'
import { validateAnnotations } from '../object-meta-validation.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

export interface PodSpecRules {
  /** Pods are checked a little more strictly than templates of pods. */
  readonly isPod?: boolean
}

const longestDeadline = 2147483647

function validateRestartPolicy(policy: string | undefined, path: string): FieldError[] {
  if (!policy) return [fieldRequired(path)]
  return supported(path, policy, ['Always', 'OnFailure', 'Never'])
}

const ifSet = (value: string | undefined, path: string, errors: (value: string) => string[]): FieldError[] =>
  value ? invalidAll(path, value, errors(value)) : []

function validatePlace(spec: PodSpec, path: string): FieldError[] {
  const deadline = spec.activeDeadlineSeconds
  return [
    ...ifSet(spec.serviceAccountName, `${path}.serviceAccountName`, dns1123SubdomainErrors),
    ...ifSet(spec.nodeName, `${path}.nodeName`, dns1123SubdomainErrors),
    ...(deadline === undefined ? [] : invalidAll(`${path}.activeDeadlineSeconds`, deadline, rangeErrors(deadline, 1, longestDeadline))),
    ...ifSet(spec.hostname, `${path}.hostname`, dns1123LabelErrors),
    ...ifSet(spec.subdomain, `${path}.subdomain`, dns1123LabelErrors),
  ]
}

function validateClasses(spec: PodSpec, path: string): FieldError[] {
  const { runtimeClassName, preemptionPolicy } = spec
  return [
    ...ifSet(spec.priorityClassName, `${path}.priorityClassName`, dns1123SubdomainErrors),
    ...(runtimeClassName === undefined
      ? []
      : invalidAll(`${path}.runtimeClassName`, runtimeClassName, dns1123SubdomainErrors(runtimeClassName))),
    ...(preemptionPolicy === undefined ? [] : supported(`${path}.preemptionPolicy`, preemptionPolicy, ['Never', 'PreemptLowerPriority'])),
    ...Object.entries(spec.overhead ?? {}).flatMap(([name, quantity]) => [
      ...validateResourceName(name, `${path}.overhead[${name}]`),
      ...validateResourceQuantity(name, quantity, `${path}.overhead[${name}]`),
    ]),
    ...(spec.os ? validateOs(spec.os.name, `${path}.os`) : []),
  ]
}

function validateOs(name: string, path: string): FieldError[] {
  if (!name) return [fieldRequired(`${path}.name`, 'cannot be empty')]
  return name === 'linux' || name === 'windows' ? [] : [fieldNotSupported(path, name, ['linux', 'windows'])]
}

function validateResourceClaims(claims: NonNullable<PodSpec['resourceClaims']>, path: string): FieldError[] {
  const names = new Set<string>()
  return eachAt(claims, path, ({ name, resourceClaimName: claim, resourceClaimTemplateName: template }, at) => {
    const errors: FieldError[] = []
    if (!name) errors.push(fieldRequired(`${at}.name`))
    else if (names.has(name)) errors.push(fieldDuplicate(`${at}.name`, name))
    else errors.push(...invalidAll(`${at}.name`, name, dns1123LabelErrors(name)))
    names.add(name)
    // Upstream shows its own form of the entry, with Go's names.
    const shown = { Name: name, ResourceClaimName: claim ?? null, ResourceClaimTemplateName: template ?? null }
    if (claim !== undefined && template !== undefined)
      errors.push(fieldInvalid(at, shown, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'))
    if (claim === undefined && template === undefined)
      errors.push(fieldInvalid(at, shown, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
    if (claim !== undefined) errors.push(...invalidAll(`${at}.resourceClaimName`, claim, dns1123SubdomainErrors(claim)))
    if (template !== undefined) errors.push(...invalidAll(`${at}.resourceClaimTemplateName`, template, dns1123SubdomainErrors(template)))
    return errors
  })
}

const validateImagePullSecrets = (secrets: NonNullable<PodSpec['imagePullSecrets']>, path: string): FieldError[] =>
  eachAt(secrets, path, ({ name }, at) => (name === undefined ? [] : ifSet(name, `${at}.name`, dns1123SubdomainErrors)))

/** Everything that can be said about a pod's spec by looking at it alone, in upstream's order (ValidatePodSpec). */
export function validatePodSpec(spec: PodSpec, path: string, { isPod = false }: PodSpecRules = {}): FieldError[] {
  const volumes = validateVolumes(spec.volumes ?? [], `${path}.volumes`, { isPod })
  const context: ContainerContext = { volumes: volumes.valid, spec: { ...spec, containers: spec.containers ?? [] }, isPod }
  return [
    ...volumes.errors,
    ...validateResourceClaims(spec.resourceClaims ?? [], `${path}.resourceClaims`),
    ...validateContainers(context, `${path}.containers`),
    ...validateInitContainers(context, `${path}.initContainers`),
    ...validateEphemeralContainers(context, `${path}.ephemeralContainers`),
    ...validatePodResources(context.spec, `${path}.resources`),
    ...validateRestartPolicy(spec.restartPolicy, `${path}.restartPolicy`),
    ...validateDnsPolicy(spec.dnsPolicy, `${path}.dnsPolicy`),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurityContext(context.spec, path, isPod),
    ...validateImagePullSecrets(spec.imagePullSecrets ?? [], `${path}.imagePullSecrets`),
    ...validateAffinity(spec.affinity, `${path}.affinity`),
    ...validateDnsConfig(spec, `${path}.dnsConfig`),
    ...validateReadinessGates(spec.readinessGates ?? [], `${path}.readinessGates`),
    ...validateSchedulingGates(spec.schedulingGates ?? [], `${path}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`),
    ...validateHostUsers(spec, path),
    ...validatePlace(spec, path),
    ...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`),
    ...validateHostAliases(spec.hostAliases ?? [], `${path}.hostAliases`),
    ...validateClasses(spec, path),
  ]
}

/** A template in a workload: its labels, annotations and spec. Ephemeral containers exist in pods only. */
export function validatePodTemplateSpec(template: PodTemplateSpec, path: string): FieldError[] {
  const { labels, annotations } = template.metadata ?? {}
  return [
    ...validateLabels(labels, `${path}.labels`),
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...validatePodSpec(template.spec, `${path}.spec`),
    ...(template.spec.ephemeralContainers?.length
      ? [
          {
            reason: 'FieldValueForbidden',
            field: `${path}.spec.ephemeralContainers`,
            message: 'Forbidden: ephemeral containers not allowed in pod template',
          } as const,
        ]
      : []),
  ]
}
