import { Secret } from '../../api/core/secret.ts'
import { isAlreadyExists } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'
import { isEqual } from '../../common/equal.ts'

const namespace = 'kube-system'
const joiners = 'system:bootstrappers:kubeadm:default-node-token'

/** Makes sure that the token (`<id>.<secret>`) lets nodes join: upstream's secret of type bootstrap.kubernetes.io/token. */
export async function ensureBootstrapToken(client: Client, token: string): Promise<void> {
  const [id = '', secret = ''] = token.split('.')
  const name = `bootstrap-token-${id}`
  const texts = {
    description: 'Lets nodes join this cluster.',
    'token-id': id,
    'token-secret': secret,
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
    'auth-extra-groups': joiners,
  }
  const data = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]))
  try {
    await client.create(Secret, { metadata: { name, namespace }, type: 'bootstrap.kubernetes.io/token', data })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const current = await client.get(Secret, { namespace, name })
    if (!isEqual(current.data, data)) await client.update(Secret, { ...current, data })
  }
}
