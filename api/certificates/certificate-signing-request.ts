import { certificateRequestColumns } from './certificate-signing-request-printer.ts'
import { validateCertificateRequest, validateCertificateRequestUpdate } from './certificate-signing-request-validation.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { pathSegmentNameErrors } from '../names.ts'
import {
  bytes,
  embedded,
  int32,
  list,
  listMap,
  map,
  message,
  optional,
  required,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const CertificateSigningRequestSpec = message(
  'io.k8s.api.certificates.v1.CertificateSigningRequestSpec',
  'What certificate is asked for, and by whom.',
  {
    request: required(1, bytes(), 'The request itself: PKCS #10 in PEM, in base64.'),
    username: optional(2, string(), 'Who asks; filled in by the API server.'),
    uid: optional(3, string(), 'UID of who asks; filled in by the API server.'),
    groups: optional(4, list(string()), 'Groups of who asks; filled in by the API server.'),
    usages: optional(5, list(string()), 'What the certificate should be good for.'),
    extra: optional(6, map(list(string())), 'More about who asks; filled in by the API server.'),
    signerName: required(7, string(), 'Who should sign, such as kubernetes.io/kube-apiserver-client.'),
    expirationSeconds: optional(8, int32({ presence: 'pointer' }), 'For how long the certificate should hold; the signer may give less.'),
  },
)
export type CertificateSigningRequestSpec = Static<typeof CertificateSigningRequestSpec>

export const CertificateSigningRequestCondition = message(
  'io.k8s.api.certificates.v1.CertificateSigningRequestCondition',
  'A decision about a request.',
  {
    type: required(1, string(), 'Approved, Denied or Failed.'),
    reason: optional(2, string(), 'A word for programs that says why.'),
    message: optional(3, string(), 'A sentence for people that says why.'),
    lastUpdateTime: optional(4, time(), 'When this was last confirmed.'),
    lastTransitionTime: optional(5, time(), 'When the status last changed.'),
    status: required(6, string(), 'True, False or Unknown.'),
  },
)
export type CertificateSigningRequestCondition = Static<typeof CertificateSigningRequestCondition>

export const CertificateSigningRequestStatus = message(
  'io.k8s.api.certificates.v1.CertificateSigningRequestStatus',
  'What became of a request.',
  {
    conditions: optional(1, listMap(CertificateSigningRequestCondition, ['type'], { patchStrategy: 'replace' }), 'Decisions about it.'),
    certificate: optional(2, bytes(), 'The certificate and those above it, in PEM, in base64.'),
  },
)
export type CertificateSigningRequestStatus = Static<typeof CertificateSigningRequestStatus>

export const CertificateSigningRequestSchema = message(
  'io.k8s.api.certificates.v1.CertificateSigningRequest',
  'Asks a signer for a certificate.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: CertificateSigningRequest.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: required(2, CertificateSigningRequestSpec, 'What is asked for; never changes.'),
    status: embedded(3, CertificateSigningRequestStatus, 'What became of it.'),
  },
)
export type CertificateSigningRequest = Static<typeof CertificateSigningRequestSchema>

export const CertificateSigningRequest = defineKind(CertificateSigningRequestSchema, {
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    approval: { type: 'update', verbs: ['get', 'patch', 'update'] },
  },
  selectableFields: { 'spec.signerName': request => request.spec.signerName },
  validateName: pathSegmentNameErrors,
  prepareForCreate: request => ({ ...request, status: {} }),
  prepareForUpdate: (next, current) => ({ ...next, spec: current.spec, status: current.status }),
  validate: validateCertificateRequest,
  validateUpdate: validateCertificateRequestUpdate,
  validateStatusUpdate: validateCertificateRequestUpdate,
  prepareSubresource: {
    // Approvers decide, and may label and annotate; they do not issue, and they change nothing of what was asked for.
    approval: (next, current) => ({ ...next, spec: current.spec, status: withConditions(current.status, next.status) }),
  },
  validateSubresource: { approval: validateCertificateRequestUpdate },
  columns: certificateRequestColumns,
})

function withConditions(current: CertificateSigningRequestStatus, next: CertificateSigningRequestStatus): CertificateSigningRequestStatus {
  const { conditions: _, ...rest } = current
  return next.conditions ? { ...rest, conditions: next.conditions } : rest
}
