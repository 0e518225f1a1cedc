import { Optional } from '@marcbachmann/cel-js'
import { dns1035LabelErrors, dns1123LabelErrors, dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '../../names.ts'
import type { Library } from './library.ts'

class Formats {}

/** What a text may be checked against by name. */
class NamedFormat {
  readonly name: string
  readonly errors: (text: string) => readonly string[]
  constructor(name: string, errors: (text: string) => readonly string[]) {
    this.name = name
    this.errors = errors
  }
}

const matching = (pattern: RegExp, complaint: string) => (text: string) => (pattern.test(text) ? [] : [complaint])
const withoutDash = (check: (text: string) => readonly string[]) => (text: string) => check(text.replace(/-$/, 'a'))

const formats: readonly NamedFormat[] = [
  new NamedFormat('dns1123Label', dns1123LabelErrors),
  new NamedFormat('dns1123Subdomain', dns1123SubdomainErrors),
  new NamedFormat('dns1035Label', dns1035LabelErrors),
  new NamedFormat('qualifiedName', qualifiedNameErrors),
  new NamedFormat('labelValue', labelValueErrors),
  new NamedFormat('dns1123LabelPrefix', withoutDash(dns1123LabelErrors)),
  new NamedFormat('dns1123SubdomainPrefix', withoutDash(dns1123SubdomainErrors)),
  new NamedFormat('dns1035LabelPrefix', withoutDash(dns1035LabelErrors)),
  new NamedFormat('uuid', matching(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'does not match the UUID format')),
  new NamedFormat('byte', matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'invalid base64')),
  new NamedFormat('date', matching(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'invalid date')),
  new NamedFormat('datetime', matching(/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/, 'invalid datetime')),
  new NamedFormat('uri', matching(/^(?:[a-zA-Z][a-zA-Z0-9+.-]*:\S+|\/\S*)$/, 'invalid URI')),
]

/** Kubernetes' named formats: `format.dns1123Label().validate(name)` is none when the name is right, else what is wrong. */
export const namedFormats: Library = environment => {
  environment
    .registerType('Formats', Formats)
    .registerType('kubernetes.NamedFormat', NamedFormat)
    .registerConstant('format', 'Formats', new Formats())
    .registerFunction('Formats.named(string): optional<kubernetes.NamedFormat>', (_formats: Formats, name: string) =>
      Optional.of(formats.find(format => format.name === name)),
    )
    .registerFunction('kubernetes.NamedFormat.validate(string): optional<list<string>>', ({ errors }: NamedFormat, text: string) => {
      const found = errors(text)
      return found.length > 0 ? Optional.of(found) : Optional.none()
    })
  for (const format of formats) environment.registerFunction(`Formats.${format.name}(): kubernetes.NamedFormat`, () => format)
}
