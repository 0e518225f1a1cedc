import { portNameErrors, qualifiedNameErrors } from '../names.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

export const portNumberErrors = (port: number, path: string): FieldError[] =>
  port >= 1 && port <= 65535 ? [] : [fieldInvalid(path, port, 'must be between 1 and 65535, inclusive')]

export const portNumberOrNameErrors = (port: number | string, path: string): FieldError[] =>
  typeof port === 'number' ? portNumberErrors(port, path) : portNameErrors(port).map(error => fieldInvalid(path, port, error))

export function protocolErrors(protocol: string | undefined, path: string): FieldError[] {
  if (!protocol) return [fieldRequired(path)]
  return protocols.includes(protocol) ? [] : [fieldNotSupported(path, protocol, protocols)]
}

export const appProtocolErrors = (appProtocol: string | undefined, path: string): FieldError[] =>
  appProtocol === undefined ? [] : qualifiedNameErrors(appProtocol).map(error => fieldInvalid(path, appProtocol, error))
