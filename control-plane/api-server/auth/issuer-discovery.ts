import type { Document } from '../interfaces.ts'
import { signingAlgorithm, type SigningKey } from './service-account-keys.ts'

/** Where others find out how to check service account tokens, by path; open to service accounts. */
export const issuerDiscovery = (key: SigningKey, { issuer, address }: { issuer: string; address: string }): Record<string, Document> => ({
  '/.well-known/openid-configuration': {
    contentType: 'application/json',
    text: JSON.stringify({
      issuer,
      jwks_uri: `${address}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [signingAlgorithm],
    }),
  },
  '/openid/v1/jwks': { contentType: 'application/jwk-set+json', text: JSON.stringify({ keys: [key.publicJwk] }) },
})
