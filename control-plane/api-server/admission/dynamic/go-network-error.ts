import { messageOf } from '../../../../common/error-message.ts'

const unverified: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  CERT_SIGNATURE_FAILURE: 'x509: certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
}

/** Why a connection did not come about, as Go would say it: people search for that. */
export function goNetworkError(error: unknown, url: URL): string {
  const { code, address, port } = error as { code?: string; address?: string; port?: number }
  const dialled = `dial tcp ${address ?? url.hostname}:${port ?? (url.port || 443)}`
  switch (code) {
    case 'ECONNREFUSED':
      return `${dialled}: connect: connection refused`
    case 'EHOSTUNREACH':
      return `${dialled}: connect: no route to host`
    case 'ENOTFOUND':
      return `dial tcp: lookup ${url.hostname}: no such host`
    case 'ECONNRESET':
      return 'EOF'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: certificate is not valid for ${url.hostname}`
    default:
      return code && unverified[code] ? `tls: failed to verify certificate: ${unverified[code]}` : messageOf(error)
  }
}
