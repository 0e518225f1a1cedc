import { Namespace } from '../../api/core/namespace.ts'
import { ServiceAccount } from '../../api/core/service-account.ts'
import { watching, type Controller } from '../../client/controller.ts'
import type { ControllerContext } from './context.ts'
import { createUnlessThere } from './create-unless-there.ts'

/** Every namespace has a ServiceAccount `default`. */
export const serviceAccountController = ({ client, informers }: ControllerContext): Controller => ({
  name: 'serviceaccount-controller',
  watches: [
    watching(Namespace),
    watching(ServiceAccount, ({ metadata }) => (metadata.name === 'default' ? [metadata.namespace ?? ''] : [])),
  ],
  async reconcile(key) {
    const namespace = informers.for(Namespace).cache.get(key)
    if (!namespace || namespace.status.phase === 'Terminating' || informers.for(ServiceAccount).cache.get(`${key}/default`)) return
    await createUnlessThere(client.create(ServiceAccount, { metadata: { name: 'default', namespace: key } }))
  },
})
