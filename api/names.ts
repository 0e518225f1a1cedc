import { fieldInvalid, fieldRequired, type FieldError } from './schema/field-error.ts'

/** Checks of names and keys. Each returns upstream's sentences about what is wrong; an empty list means the value is fine. */

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain1123 = `${label1123}(\\.${label1123})*`
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValue = `(${qualifiedName})?`
const configMapKey = '[-._a-zA-Z0-9]+'

interface Rule {
  readonly pattern: RegExp
  readonly message: string
}
const rule = (pattern: string, text: string, examples: readonly string[]): Rule => ({
  pattern: new RegExp(`^(${pattern})$`),
  message: regexMessage(text, pattern, examples),
})
/** `text (e.g. 'a',  or 'b', regex used for validation is '…')`; the two blanks are upstream's. */
function regexMessage(text: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map(example => `'${example}', `).join(' or ')
  return `${text} (e.g. ${shown}regex used for validation is '${pattern}')`
}

const tooLong = (limit: number) => `must be no more than ${limit} bytes`
const empty = 'must be non-empty'
const byteLength = (value: string) => Buffer.byteLength(value)

const label1123Rule = rule(
  label1123,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  ['my-name', '123-abc'],
)
const subdomain1123Rule = rule(
  subdomain1123,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
)
const label1035Rule = rule(
  label1035,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
)
const qualifiedNameRule = rule(
  qualifiedName,
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyName', 'my.name', '123-abc'],
)
const labelValueRule = rule(
  labelValue,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyValue', 'my_value', '12345'],
)
const wildcardRule = rule(
  `\\*\\.${subdomain1123}`,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  ['*.example.com'],
)
const cIdentifierRule = rule(
  '[A-Za-z_][A-Za-z0-9_]*',
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  ['my_name', 'MY_NAME', 'MyName'],
)
const conditionReasonRule = rule(
  '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?',
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'],
)
const configMapKeyRule = rule(configMapKey, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'", [
  'key.name',
  'KEY_NAME',
  'key-name',
])

const check = (value: string, limit: number, { pattern, message }: Rule): string[] => [
  ...(byteLength(value) > limit ? [tooLong(limit)] : []),
  ...(pattern.test(value) ? [] : [message]),
]

export const dns1123LabelErrors = (value: string): string[] => {
  const errors = check(value, 63, label1123Rule)
  // Upstream says it more helpfully where only a dot makes the difference.
  return errors.includes(label1123Rule.message) && subdomain1123Rule.pattern.test(value)
    ? errors.map(error => (error === label1123Rule.message ? 'must not contain dots' : error))
    : errors
}
export const dns1123SubdomainErrors = (value: string): string[] => check(value, 253, subdomain1123Rule)
export const dns1035LabelErrors = (value: string): string[] => check(value, 63, label1035Rule)
export const labelValueErrors = (value: string): string[] => check(value, 63, labelValueRule)

/** Names of the attributes of devices; how long they may be is not this rule's to say. */
export const cIdentifierErrors = (value: string): string[] => check(value, Infinity, cIdentifierRule)
/** Reasons of conditions; how long they may be is not this rule's to say. */
export const conditionReasonErrors = (value: string): string[] => check(value, Infinity, conditionReasonRule)

/** Label and annotation keys, taint keys, condition types: `name` or `prefix.example.com/name`. */
export function qualifiedNameErrors(value: string): string[] {
  const parts = value.split('/')
  const [prefix, name] = parts.length === 2 ? (parts as [string, string]) : [undefined, value]
  if (parts.length > 2) {
    const format = regexMessage(
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      qualifiedName,
      ['MyName', 'my.name', '123-abc'],
    )
    return [`a qualified name ${format} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const errors: string[] = []
  if (prefix === '') errors.push(`prefix part ${empty}`)
  else if (prefix !== undefined) errors.push(...dns1123SubdomainErrors(prefix).map(error => `prefix part ${error}`))
  if (name === '') errors.push(`name part ${empty}`)
  else if (byteLength(name) > 63) errors.push(`name part ${tooLong(63)}`)
  if (!qualifiedNameRule.pattern.test(name)) errors.push(`name part ${qualifiedNameRule.message}`)
  return errors
}

/** Names of container and service ports (IANA service names). */
export function portNameErrors(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > 15) errors.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(value)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)')
  if (value.includes('--')) errors.push('must not contain consecutive hyphens')
  if (/^-|-$/.test(value)) errors.push('must not begin or end with a hyphen')
  return errors
}

/** Names of environment variables: printable ASCII without `=`. */
export const envVarNameErrors = (value: string): string[] =>
  value.length > 0 && /^[ -<>-~]+$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]

/** Keys of ConfigMaps and Secrets, which become file names. */
export function configMapKeyErrors(value: string): string[] {
  const errors = check(value, 253, configMapKeyRule)
  if (value === '.') return [...errors, "must not be '.'"]
  if (value === '..') return [...errors, "must not be '..'"]
  if (value.startsWith('..')) return [...errors, "must not start with '..'"]
  return errors
}

/** Names that only have to survive in a URL path (roles, role bindings). For a prefix, the name that follows may mend `.` and `..`. */
export function pathSegmentNameErrors(value: string, prefix = false): string[] {
  if (!prefix && (value === '.' || value === '..')) return [`may not be '${value}'`]
  return ['/', '%'].filter(character => value.includes(character)).map(character => `may not contain '${character}'`)
}

const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** `example.com/name`: controllers of ingress classes, managers of jobs, finalizers. */
export function domainPrefixedPathErrors(value: string, path: string): FieldError[] {
  if (!value) return [fieldRequired(path)]
  const at = value.indexOf('/')
  const [domain, rest] = at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)]
  if (!domain || !rest) return [fieldInvalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const errors = dns1123SubdomainErrors(domain).map(error => fieldInvalid(path, domain, error))
  const message = regexMessage('Invalid path', httpPath, [])
  return new RegExp(`^${httpPath}$`).test(rest) ? errors : [...errors, fieldInvalid(path, rest, message.replace(' (e.g. ', ' ('))]
}

/** `*.example.com` */
export const wildcardSubdomainErrors = (value: string): string[] => check(value, 253, wildcardRule)

/** How kinds check names: most by subdomain. A prefix (generateName) may end in a dash, which the generated characters follow. */
export const nameCheck =
  (errors: (value: string) => string[]) =>
  (name: string, prefix: boolean): string[] =>
    errors(prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -1).slice(0, -1)}a` : name)

/** No vowels and no lookalikes: nothing rude, nothing ambiguous. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

export const randomSuffix = (length = 5): string =>
  Array.from({ length }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join('')

/** Every character of `text` mapped into the alphabet of generated names; hashes become label-safe this way. */
export const safeEncode = (text: string): string =>
  Array.from(text, character => alphabet[character.charCodeAt(0) % alphabet.length]).join('')

/** `prefix` plus five random characters, at most 63 long. */
export const generateName = (prefix: string): string => prefix.slice(0, 58) + randomSuffix()
