import type { Event } from '../../api/core/event.ts'
import type { Pod } from '../../api/core/pod.ts'
import { eventually } from './eventually.ts'
import type { kubectlOfCluster } from './test-cluster.ts'

/** What a test looks at in its namespace, all of it through kubectl. */
export function viewOf(kubectl: ReturnType<typeof kubectlOfCluster>, namespace: string) {
  const get = async (name: string) => JSON.parse(await kubectl(`get pod ${name} -n ${namespace} -o json`)) as Pod
  const eventsOf = async (kind: string, name: string, where: string) => {
    const selector = `involvedObject.kind=${kind},involvedObject.name=${name}`
    return (JSON.parse(await kubectl(`get events -n ${where} --field-selector ${selector} -o json`)) as { items: Event[] }).items
  }
  return {
    get,
    /** Waits until the pod is in that phase. */
    podIn: (name: string, phase: string, seconds = 90): Promise<Pod> =>
      eventually(
        async () => {
          const found = await get(name)
          return found.status.phase === phase && found
        },
        { seconds, what: `the pod ${name} in phase ${phase}` },
      ),
    eventsOf,
    /** Waits for an event; those of nodes are in the namespace default. */
    eventOf: (kind: 'Node' | 'Pod', name: string, reason: string): Promise<Event> => {
      const where = kind === 'Node' ? 'default' : namespace
      return eventually(async () => (await eventsOf(kind, name, where)).find(event => event.reason === reason), {
        seconds: 30,
        what: `the event ${reason} of ${name}`,
      })
    },
  }
}

/** The id that the engine knows the pod's first container by. */
export const containerId = (pod: Pod): string => pod.status.containerStatuses?.[0]?.containerID?.replace('docker://', '') ?? ''
