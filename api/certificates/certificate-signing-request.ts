import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
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

export const CertificateSigningRequestSpec = message('io.k8s.api.certificates.v1.CertificateSigningRequestSpec', '', {
  request: required(1, bytes(), ''),
  username: optional(2, string(), ''),
  uid: optional(3, string(), ''),
  groups: optional(4, list(string()), ''),
  usages: optional(5, list(string()), ''),
  extra: optional(6, map(list(string())), ''),
  signerName: required(7, string(), ''),
  expirationSeconds: optional(8, int32(), ''),
})
export type CertificateSigningRequestSpec = Static<typeof CertificateSigningRequestSpec>

export const CertificateSigningRequestCondition = message('io.k8s.api.certificates.v1.CertificateSigningRequestCondition', '', {
  type: required(1, string(), ''),
  reason: optional(2, string(), ''),
  message: optional(3, string(), ''),
  lastUpdateTime: optional(4, time(), ''),
  lastTransitionTime: optional(5, time(), ''),
  status: required(6, string(), ''),
})
export type CertificateSigningRequestCondition = Static<typeof CertificateSigningRequestCondition>

export const CertificateSigningRequestStatus = message('io.k8s.api.certificates.v1.CertificateSigningRequestStatus', '', {
  conditions: optional(1, listMap(CertificateSigningRequestCondition, ['type'], { patchStrategy: 'replace' }), ''),
  certificate: optional(2, bytes(), ''),
})
export type CertificateSigningRequestStatus = Static<typeof CertificateSigningRequestStatus>

export const CertificateSigningRequestSchema = message('io.k8s.api.certificates.v1.CertificateSigningRequest', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, CertificateSigningRequestSpec, ''),
  status: embedded(3, CertificateSigningRequestStatus, ''),
})
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
  columns: [nameColumn, ageColumn],
})
