import { Router } from 'express'
import { signingAlgorithm, type SigningKey } from './service-account-keys.ts'

/** Where others find out how to check service account tokens: /.well-known/openid-configuration and /openid/v1/jwks. */
export function issuerDiscovery(key: SigningKey, { issuer, address }: { issuer: string; address: string }): Router {
  const configuration = {
    issuer,
    jwks_uri: `${address}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [signingAlgorithm],
  }
  const router = Router()
  router.get('/.well-known/openid-configuration', (_request, response) => {
    response.json(configuration)
  })
  router.get('/openid/v1/jwks', (_request, response) => {
    response.type('application/jwk-set+json').send(JSON.stringify({ keys: [key.publicJwk] }))
  })
  return router
}
