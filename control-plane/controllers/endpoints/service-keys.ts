import { Pod } from '../../../api/core/pod.ts'
import { Service } from '../../../api/core/service.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Watching } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { selects } from './service-pods.ts'

/** Services themselves, and pods by the services that select them. */
export const watchServicesAndPods = ({ informers }: ControllerContext): Watching[] => [
  watching(Service),
  watching(Pod, pod =>
    informers
      .for(Service)
      .cache.inNamespace(pod.metadata.namespace ?? '')
      .filter(service => selects(service, pod))
      .map(keyOf),
  ),
]

/** The pods that a service selects, sorted by name so that plans are stable. */
export const podsOf = ({ informers }: ControllerContext, service: Service): readonly Pod[] =>
  informers
    .for(Pod)
    .cache.inNamespace(service.metadata.namespace ?? '')
    .filter(pod => selects(service, pod))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
