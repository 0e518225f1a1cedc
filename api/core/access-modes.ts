import { fieldForbidden, fieldNotSupported, type FieldError } from '../schema/field-error.ts'

const shortNames: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const supportedModes = Object.keys(shortNames).sort()

/** `RWO,ROX`, each mode once, in upstream's order. */
export const formatAccessModes = (modes: readonly string[] = []): string =>
  Object.entries(shortNames)
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',')

/** Known modes, and the exclusive one alone. */
export function validateAccessModes(modes: readonly string[], path: string): FieldError[] {
  const errors = modes.filter(mode => !supportedModes.includes(mode)).map(mode => fieldNotSupported(path, mode, supportedModes))
  const mixed = modes.includes('ReadWriteOncePod') && modes.some(mode => mode !== 'ReadWriteOncePod')
  return mixed ? [...errors, fieldForbidden(path, 'may not use ReadWriteOncePod with other access modes')] : errors
}
