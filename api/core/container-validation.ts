import type { Container, ContainerPort, EphemeralContainer } from './container.ts'
import { validateEnv, validateEnvFrom } from './container-env-validation.ts'
import { validateContainerResources, validateResizePolicy } from './container-resources-validation.ts'
import { validateContainerRestartPolicy } from './container-restart-validation.ts'
import { validateSecurityContext } from './container-security-validation.ts'
import { validateVolumeDevices, validateVolumeMounts } from './container-volume-validation.ts'
import { eachAt, invalidAll, portNumberErrors, requiredUnless, supported } from './pod-field-checks.ts'
import type { PodSpec } from './pod-spec.ts'
import { validateLifecycle, validateProbes } from './probe-validation.ts'
import type { Volume } from './volume.ts'
import { dns1123LabelErrors, portNameErrors } from '../names.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotFound, fieldRequired, type FieldError } from '../schema/field-error.ts'

/** What containers are checked against: the volumes that are well formed, and the pod around them. */
export interface ContainerContext {
  readonly volumes: ReadonlyMap<string, Volume>
  readonly spec: PodSpec
  readonly isPod: boolean
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never'] as const
const messagePolicies = ['FallbackToLogsOnError', 'File'] as const
const protocols = ['SCTP', 'TCP', 'UDP'] as const

const validatePullPolicy = (policy: string | undefined, path: string): FieldError[] =>
  policy ? supported(path, policy, pullPolicies) : [fieldRequired(path)]

function validatePorts(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>()
  return eachAt(ports, path, (port, at) => {
    const errors: FieldError[] = []
    if (port.name) {
      const wrong = portNameErrors(port.name)
      if (wrong.length > 0) errors.push(...invalidAll(`${at}.name`, port.name, wrong))
      else if (names.has(port.name)) errors.push(fieldDuplicate(`${at}.name`, port.name))
      else names.add(port.name)
    }
    if (!port.containerPort) errors.push(fieldRequired(`${at}.containerPort`))
    else errors.push(...invalidAll(`${at}.containerPort`, port.containerPort, portNumberErrors(port.containerPort)))
    if (port.hostPort) errors.push(...invalidAll(`${at}.hostPort`, port.hostPort, portNumberErrors(port.hostPort)))
    errors.push(...(port.protocol ? supported(`${at}.protocol`, port.protocol, protocols) : [fieldRequired(`${at}.protocol`)]))
    return errors
  })
}

/** Two containers cannot listen on the same port of the host. */
function validateHostPorts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>()
  return eachAt(containers, path, (container, at) =>
    eachAt(container.ports ?? [], `${at}.ports`, ({ protocol, hostIP, hostPort }, portAt) => {
      if (!hostPort) return []
      const key = `${protocol}/${hostIP ?? ''}/${hostPort}`
      if (taken.has(key)) return [fieldDuplicate(`${portAt}.hostPort`, key)]
      taken.add(key)
      return []
    }),
  )
}

type AnyContainer = Container | EphemeralContainer

function validateCommon(container: AnyContainer, path: string, context: ContainerContext): FieldError[] {
  const { name, terminationMessagePolicy: messages } = container
  return [
    ...(name ? invalidAll(`${path}.name`, name, dns1123LabelErrors(name)) : [fieldRequired(`${path}.name`)]),
    ...requiredUnless(container.image, `${path}.image`),
    ...(messages
      ? supported(`${path}.terminationMessagePolicy`, messages, messagePolicies)
      : [fieldRequired(`${path}.terminationMessagePolicy`)]),
    ...validatePorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], `${path}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`),
    ...validateVolumeMounts(container, context.volumes, `${path}.volumeMounts`),
    ...validateVolumeDevices(container, context.volumes, `${path}.volumeDevices`),
    ...validatePullPolicy(container.imagePullPolicy, `${path}.imagePullPolicy`),
    ...validateContainerResources(container.resources ?? {}, context.spec, `${path}.resources`),
    ...validateResizePolicy(container.resizePolicy ?? [], context.spec.restartPolicy, `${path}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, context.spec.hostUsers !== false, `${path}.securityContext`),
  ]
}

const validateRunning = (container: Container, path: string, { spec }: ContainerContext): FieldError[] => [
  ...validateLifecycle(container.lifecycle, spec, `${path}.lifecycle`),
  ...validateProbes(container, spec.terminationGracePeriodSeconds ?? 0, path),
]

export function validateContainers(context: ContainerContext, path: string): FieldError[] {
  const containers = context.spec.containers ?? []
  if (containers.length === 0) return [fieldRequired(path)]
  const names = new Set<string>()
  const errors = eachAt(containers, path, (container, at) => {
    const duplicate = names.has(container.name)
    names.add(container.name)
    return [
      ...validateCommon(container, at, context),
      ...(duplicate ? [fieldDuplicate(`${at}.name`, container.name)] : []),
      ...validateRunning(container, at, context),
      ...validateContainerRestartPolicy(container, at),
    ]
  })
  return [...errors, ...validateHostPorts(containers, path)]
}

const longRunning = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const

export function validateInitContainers(context: ContainerContext, path: string): FieldError[] {
  const names = new Set(context.spec.containers.map(({ name }) => name))
  return eachAt(context.spec.initContainers ?? [], path, (container, at) => {
    const duplicate = names.has(container.name)
    if (container.name) names.add(container.name)
    const sidecar = container.restartPolicy === 'Always'
    return [
      ...validateCommon(container, at, context),
      ...validateContainerRestartPolicy(container, at),
      ...(duplicate ? [fieldDuplicate(`${at}.name`, container.name)] : []),
      // They run one after the other, so only ports within one can clash.
      ...validateHostPorts([container], path),
      ...(sidecar
        ? validateRunning(container, at, context)
        : longRunning
            .filter(field => container[field])
            .map(field => fieldForbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'))),
      ...(!sidecar && container.resizePolicy?.length
        ? [fieldInvalid(`${at}.resizePolicy`, container.resizePolicy, 'must not be set for init containers')]
        : []),
    ]
  })
}

const notEphemeral = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy', 'restartPolicy'] as const

export function validateEphemeralContainers(context: ContainerContext, path: string): FieldError[] {
  const { spec } = context
  const targets = new Set([...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name))
  const names = new Set(targets)
  const detail = 'cannot be set for an Ephemeral Container'
  return eachAt(spec.ephemeralContainers ?? [], path, (container, at) => {
    const duplicate = names.has(container.name)
    names.add(container.name)
    const { targetContainerName: target } = container
    const hasResources = Object.values(container.resources ?? {}).some(value => Object.keys(value).length > 0)
    return [
      ...validateCommon(container, at, context),
      ...(duplicate ? [fieldDuplicate(`${at}.name`, container.name)] : []),
      ...(target && !targets.has(target) ? [fieldNotFound(`${at}.targetContainerName`, target)] : []),
      ...notEphemeral.filter(field => container[field] !== undefined).map(field => fieldForbidden(`${at}.${field}`, detail)),
      ...(hasResources ? [fieldForbidden(`${at}.resources`, detail)] : []),
      ...eachAt(container.volumeMounts ?? [], `${at}.volumeMounts`, (mount, mountAt) =>
        (['subPath', 'subPathExpr'] as const).filter(field => mount[field]).map(field => fieldForbidden(`${mountAt}.${field}`, detail)),
      ),
    ]
  })
}
