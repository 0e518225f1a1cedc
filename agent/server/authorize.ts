import type { TLSSocket } from 'node:tls'
import { HttpError } from './http-error.ts'

/** The API server's client certificate for kubelets. */
const apiServer = 'kube-apiserver-kubelet-client'
const administrators = 'system:masters'

interface Subject {
  readonly CN?: string | string[]
  readonly O?: string | string[]
}
const list = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat())

const mayUseAgent = ({ CN, O }: Subject): boolean => list(O).includes(administrators) || list(CN).includes(apiServer)

/** Throws unless the client's certificate is the cluster's and its subject may use the whole server: there are no lesser rights. */
export function authorize(socket: TLSSocket): void {
  if (!socket.authorized) throw new HttpError(401, 'Unauthorized')
  const subject: Subject = socket.getPeerCertificate().subject
  if (!mayUseAgent(subject))
    throw new HttpError(403, `Forbidden (user=${list(subject.CN)[0] ?? ''}, verb=get, resource=nodes, subresource=proxy)`)
}
