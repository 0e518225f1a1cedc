import { ConfigMap } from '../../api/core/config-map.ts'
import { Namespace } from '../../api/core/namespace.ts'
import { watching, type Controller } from '../../client/controller.ts'
import { isEqual } from '../../common/equal.ts'
import type { ControllerContext } from './context.ts'
import { createUnlessThere } from './create-unless-there.ts'

const name = 'kube-root-ca.crt'
/** ConfigMaps are many and may be large; only these matter here. */
const selector = `metadata.name=${name}`
const annotations = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
}

/** Every namespace has the cluster's CA in a ConfigMap, for pods to trust the API server. */
export const rootCaPublisher = ({ client, informers }: ControllerContext, ca: string): Controller => ({
  name: 'root-ca-certificate-publisher-controller',
  watches: [watching(Namespace), watching(ConfigMap, ({ metadata }) => [metadata.namespace ?? ''], selector)],
  async reconcile(key) {
    const namespace = informers.for(Namespace).cache.get(key)
    if (!namespace || namespace.status.phase === 'Terminating') return
    const current = informers.for(ConfigMap, selector).cache.get(`${key}/${name}`)
    const data = { 'ca.crt': ca }
    if (!current) return createUnlessThere(client.create(ConfigMap, { metadata: { name, namespace: key, annotations }, data }))
    if (isEqual(current.data, data)) return
    await client.update(ConfigMap, {
      ...current,
      data,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } },
    })
  },
})
