import type { Schema } from './schema.ts'

/** Go's name of a message: `v1.PodSpec` for io.k8s.api.core.v1.PodSpec. */
const messageType = (name: string): string => name.split('.').slice(-2).join('.')

/** Strings that have a type of their own upstream, by message and property; error messages name it. */
const namedStrings: Readonly<Record<string, string>> = {
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.restartPolicy': 'v1.ContainerRestartPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'DaemonSetUpdateStrategy.type': 'v1.DaemonSetUpdateStrategyType',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'HTTPGetAction.scheme': 'v1.URIScheme',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'NodeSelectorRequirement.operator': 'v1.NodeSelectorOperator',
  'ObjectMeta.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.preemptionPolicy': 'v1.PreemptionPolicy',
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodStatus.phase': 'v1.PodPhase',
  'Secret.type': 'v1.SecretType',
  'ServicePort.protocol': 'v1.Protocol',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'ServiceSpec.type': 'v1.ServiceType',
  'Taint.effect': 'v1.TaintEffect',
  'Toleration.effect': 'v1.TaintEffect',
  'Toleration.operator': 'v1.TolerationOperator',
}

/** Go's name of the struct that a message is: `PodSpec`. */
export const structName = (message: string): string => message.slice(message.lastIndexOf('.') + 1)

/** Go's type of a value, as its decoder's messages print it. `owner` is the struct and property where the value stands. */
export function goType(schema: Schema, owner = ''): string {
  if (schema.message) return messageType(schema.message.name)
  if (schema.type === 'array') return `[]${goType(schema.items ?? {})}`
  if (schema.additionalProperties) {
    const values = schema.additionalProperties
    return values.format === 'quantity' ? 'v1.ResourceList' : `map[string]${goType(values)}`
  }
  if (schema.format === 'byte') return '[]uint8'
  if (schema.format === 'json') return 'v1.FieldsV1'
  if (schema.type === 'integer') return schema.format ?? 'int64'
  if (schema.type === 'number') return 'float64'
  if (schema.type === 'boolean') return 'bool'
  return (Object.hasOwn(namedStrings, owner) ? namedStrings[owner] : undefined) ?? 'string'
}

/** What Go's decoder calls a JSON value that it did not expect. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
