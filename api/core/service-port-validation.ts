import { appProtocolErrors, portNumberErrors, portNumberOrNameErrors, protocolErrors } from './port-validation.ts'
import type { ServicePort, ServiceSpec } from './service.ts'
import { dns1123LabelErrors } from '../names.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

/** Each port by itself; with several ports each needs a name of its own. */
export function validateServicePorts(ports: readonly ServicePort[]): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap((port, index) => {
    const path = `spec.ports[${index}]`
    const errors = validateName(port.name ?? '', { path: `${path}.name`, required: ports.length > 1, names })
    return [
      ...errors,
      ...portNumberErrors(port.port, `${path}.port`),
      ...protocolErrors(port.protocol, `${path}.protocol`),
      ...portNumberOrNameErrors(port.targetPort, `${path}.targetPort`),
      ...appProtocolErrors(port.appProtocol, `${path}.appProtocol`),
    ]
  })
}

function validateName(name: string, { path, required, names }: { path: string; required: boolean; names: Set<string> }): FieldError[] {
  if (!name) return required ? [fieldRequired(path)] : []
  const errors = dns1123LabelErrors(name).map(error => fieldInvalid(path, name, error))
  if (names.has(name)) errors.push(fieldDuplicate(path, name))
  names.add(name)
  return errors
}

/** The ports among each other: node ports where they may be, and no two alike. */
export function validateUniqueServicePorts({ type, ports = [] }: ServiceSpec): FieldError[] {
  const withNodePort = ports.flatMap(({ nodePort, protocol }, index) =>
    nodePort ? [{ nodePort, protocol, path: `spec.ports[${index}].nodePort` }] : [],
  )
  return [
    ...(type === 'ClusterIP' ? withNodePort.map(({ path }) => fieldForbidden(path, "may not be used when `type` is 'ClusterIP'")) : []),
    ...repeated(withNodePort, each => `${each.protocol}/${each.nodePort}`).map(each => fieldDuplicate(each.path, each.nodePort)),
    ...repeated(
      ports.map(({ port, protocol }, index) => ({ port, protocol, path: `spec.ports[${index}]` })),
      each => `${each.protocol}/${each.port}`,
    ).map(({ path, port, protocol }) => fieldDuplicate(path, portIdentity(protocol ?? '', port))),
  ]
}

/** What upstream prints: its internal structure with all but protocol and port left empty. */
const portIdentity = (protocol: string, port: number) => ({
  Name: '',
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
})

function repeated<T>(items: readonly T[], identity: (item: T) => string): T[] {
  const seen = new Set<string>()
  return items.filter(item => {
    const key = identity(item)
    if (seen.has(key)) return true
    seen.add(key)
    return false
  })
}
