import type { Event } from '../../api/core/event.ts'
import type { Pod } from '../../api/core/pod.ts'
import { eventually } from './eventually.ts'
import type { Kubectl } from './kubectl.ts'

export const image = 'busybox:1.36'

/** A pod of one container, `main`, that runs a shell script; it is not started again, and ends at once when it is deleted. */
export function scriptPod(name: string, script: string, more: { spec?: object; container?: object } = {}): object {
  const main = { name: 'main', image, command: ['sh', '-c', script], ...more.container }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [main], ...more.spec },
  }
}

/** The pods of one namespace: many are created at once, and each is asked for what came of it when a test wants to know. */
export class ReportPods {
  readonly kubectl: Kubectl
  readonly in: string

  constructor(kubectl: Kubectl, namespace: string) {
    this.kubectl = kubectl
    this.in = `-n ${namespace}`
  }

  async create(...items: readonly object[]): Promise<void> {
    await this.kubectl(`create ${this.in} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
  }
  async get(name: string): Promise<Pod> {
    return JSON.parse(await this.kubectl(`get pod ${name} ${this.in} -o json`)) as Pod
  }
  /** The pod once `holds` says so of it. */
  until(name: string, holds: (pod: Pod) => boolean): Promise<Pod> {
    return eventually(
      async () => {
        const pod = await this.get(name)
        if (holds(pod)) return pod
        throw new Error(JSON.stringify(pod.status))
      },
      { seconds: 120, what: `pod ${name}` },
    )
  }
  running(name: string): Promise<Pod> {
    return this.until(name, ({ status }) => status.phase === 'Running')
  }
  /** Everything the pod's first container had said when the pod had ended. */
  async report(name: string): Promise<string> {
    await this.until(name, ({ status }) => status.phase === 'Succeeded' || status.phase === 'Failed')
    return await this.kubectl(`logs ${name} ${this.in}`)
  }
  exec(name: string, script: string, container = 'main'): Promise<string> {
    return this.kubectl(`exec ${name} ${this.in} -c ${container} -- sh -c '${script}'`)
  }
  /** The message of the pod's event of that reason, once there is one. */
  event(name: string, reason: string): Promise<string> {
    return eventually(
      async () => {
        const selector = `involvedObject.name=${name},reason=${reason}`
        const { items } = JSON.parse(await this.kubectl(`get events ${this.in} --field-selector ${selector} -o json`)) as { items: Event[] }
        return items[0]?.message
      },
      { seconds: 60, what: `event ${reason} of ${name}` },
    )
  }
  /** The reason and message with which the pod's first container waits, once it waits with that reason. */
  async waiting(name: string, reason: string): Promise<string> {
    const pod = await this.until(name, ({ status }) => status.containerStatuses?.[0]?.state?.waiting?.reason === reason)
    return pod.status.containerStatuses?.[0]?.state?.waiting?.message ?? ''
  }
}
