import { eachAt, invalidAll, portNumberErrors } from './core/pod-field-checks.ts'
import { dns1035LabelErrors, dns1123SubdomainErrors } from './names.ts'
import { fieldInvalid, fieldRequired, type FieldError } from './schema/field-error.ts'

interface WebhookClient {
  readonly url?: string
  readonly service?: { readonly name?: string; readonly namespace?: string; readonly path?: string; readonly port?: number }
}

const form = '; desired format: https://host[/path]'
const defaultPort = 443

/** How a webhook is reached, of admission as of conversion: by a URL or as a service, and never by both. */
export function validateWebhookClient({ url, service }: WebhookClient, path: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) return [fieldRequired(path, 'exactly one of url or service is required')]
  return service ? validateService(service, `${path}.service`) : validateUrl(url ?? '', `${path}.url`)
}

/** The parts of a URL as RFC 3986 has them; JavaScript's URL mends what upstream refuses. */
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s

/** Upstream's ValidateWebhookURL. */
function validateUrl(url: string, path: string): FieldError[] {
  const [, scheme = '', authority = '', query = '', fragment = ''] = parts.exec(url) ?? []
  const at = authority.lastIndexOf('@')
  const [user, host] = [at < 0 ? '' : authority.slice(0, at), authority.slice(at + 1)]
  if (url.startsWith(':'))
    return [fieldRequired(path, `url must be a valid URL: parse ${JSON.stringify(url)}: missing protocol scheme${form}`)]
  const blank = /[\s<>"]/.exec(host)
  if (blank) {
    const why = `invalid character ${JSON.stringify(blank[0])} in host name`
    return [fieldRequired(path, `url must be a valid URL: parse ${JSON.stringify(url)}: ${why}${form}`)]
  }
  return [
    ...(scheme.toLowerCase() === 'https'
      ? []
      : [fieldInvalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`)]),
    ...(host ? [] : [fieldInvalid(path, host, `host must be provided${form}`)]),
    ...(user ? [fieldInvalid(path, user, 'user information is not permitted in the URL')] : []),
    ...(fragment ? [fieldInvalid(path, fragment, 'fragments are not permitted in the URL')] : []),
    ...(query ? [fieldInvalid(path, query, 'query parameters are not permitted in the URL')] : []),
  ]
}

/** Upstream's ValidateWebhookService. */
const validateService = (
  { name, namespace, path: urlPath = '', port = defaultPort }: NonNullable<WebhookClient['service']>,
  path: string,
): FieldError[] => [
  ...(name ? [] : [fieldRequired(`${path}.name`, 'service name is required')]),
  ...(namespace ? [] : [fieldRequired(`${path}.namespace`, 'service namespace is required')]),
  ...invalidAll(
    `${path}.port`,
    port,
    portNumberErrors(port).map(error => `port is not valid: ${error}`),
  ),
  ...invalidAll(`${path}.path`, urlPath, urlPathErrors(urlPath)),
]

function urlPathErrors(path: string): string[] {
  if (path === '' || path === '/') return []
  const steps = path.slice(1).replace(/\/$/, '').split('/')
  return [
    ...(path.startsWith('/') ? [] : ["must start with a '/'"]),
    ...steps.flatMap((step, index) =>
      step ? dns1123SubdomainErrors(step).map(error => `segment[${index}]: ${error}`) : [`segment[${index}] may not be empty`],
    ),
  ]
}

/** Versions of reviews that a webhook understands; `missing` is what is said when there are none. */
export function validateReviewVersions(versions: readonly string[], path: string, missing = ''): FieldError[] {
  if (versions.length === 0) return [fieldRequired(path, missing)]
  return [
    ...eachAt(versions, path, (version, at) => {
      const repeated = at !== `${path}[${versions.indexOf(version)}]`
      return repeated ? [fieldInvalid(at, version, 'duplicate version')] : invalidAll(at, version, dns1035LabelErrors(version))
    }),
    ...(versions.some(version => reviewVersions.includes(version))
      ? []
      : [fieldInvalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`)]),
  ]
}

/** Those that the API server knows. */
export const reviewVersions = ['v1', 'v1beta1']
