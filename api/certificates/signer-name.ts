import { dns1123LabelErrors, dns1123SubdomainErrors } from '../names.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'

const domainLimit = 253
/** Room for a namespace and a name, as in signers of one namespace. */
const pathLimit = 253 + 1 + 63

/** Signers are named `domain/path`, as in `kubernetes.io/kubelet-serving`. */
export function validateSignerName(name: string, path: string): FieldError[] {
  if (!name) return [fieldRequired(path)]
  const [domain = '', signer = '', ...rest] = name.split('/')
  if (!name.includes('/') || rest.length > 0) {
    return [fieldInvalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  }
  const labels = domain.split('.')
  return [
    ...(domain.length > domainLimit ? [fieldTooLong(path, domainLimit)] : []),
    ...labels.flatMap(label => dns1123LabelErrors(label).map(error => fieldInvalid(path, domain, `validating label "${label}": ${error}`))),
    ...(labels.length < 2 ? [fieldInvalid(path, domain, 'should be a domain with at least two segments separated by dots')] : []),
    ...signer
      .split('.')
      .flatMap(label => dns1123SubdomainErrors(label).map(error => fieldInvalid(path, signer, `validating label "${label}": ${error}`))),
    ...(signer.length > pathLimit ? [fieldTooLong(path, pathLimit)] : []),
  ]
}
