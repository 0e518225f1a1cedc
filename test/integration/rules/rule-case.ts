/** An object, and what a real API server says to its creation. */
export interface RuleCase {
  /** The path that it is posted to, after the namespace where there is one. */
  readonly to: string
  readonly body: unknown
  /** Upstream's sentences after `… is invalid: `, in their order; one alone stands without brackets. */
  readonly invalid: readonly string[]
}

export const oneOf = (supported: readonly string[], value: string): string =>
  `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map(each => JSON.stringify(each)).join(', ')}`
export const atLeastZero = 'must be greater than or equal to 0'
export const dnsLabel =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
export const dnsSubdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
export const qualifiedName =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
