import { calculateJwkThumbprint, exportJWK, importPKCS8, type CryptoKey, type JWK } from 'jose'
import { createPrivateKey, createPublicKey } from 'node:crypto'

export const signingAlgorithm = 'ES256'

/** The key that service account tokens are signed with, ready for use. */
export interface SigningKey {
  readonly id: string
  readonly privateKey: CryptoKey
  /** As others see it at /openid/v1/jwks. */
  readonly publicJwk: JWK
}

export async function readSigningKey(pem: string): Promise<SigningKey> {
  const publicJwk = await exportJWK(createPublicKey(createPrivateKey(pem)))
  const id = await calculateJwkThumbprint(publicJwk)
  return {
    id,
    privateKey: await importPKCS8(pem, signingAlgorithm),
    publicJwk: { use: 'sig', alg: signingAlgorithm, kid: id, ...publicJwk },
  }
}
