import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import { eventually } from './eventually.ts'
import type { Kubectl } from './kubectl.ts'

export interface WhoPod {
  readonly node: string
  readonly app?: string
  readonly port?: number
  readonly hostPort?: number
  readonly hostNetwork?: boolean
  readonly readinessProbe?: string
}

/** A pod that answers every request with who asks, as it sees it, and its own name. */
export const whoPod = (name: string, { node, app = name, port = 8080, hostPort, hostNetwork = false, readinessProbe = '' }: WhoPod) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${app} } }
spec:
  nodeName: ${node}
  hostNetwork: ${hostNetwork}
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: busybox:1.36
      env: [{ name: POD, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]
      ${hostPort ? `ports: [{ containerPort: ${port}, hostPort: ${hostPort} }]` : ''}
      command:
        - sh
        - -c
        - |
          mkdir -p /www/cgi-bin
          printf '#!/bin/sh\\necho\\necho "$REMOTE_ADDR $POD"\\n' > /www/cgi-bin/who
          chmod +x /www/cgi-bin/who
          exec httpd -f -p ${port} -h /www
      ${readinessProbe}
`

/** A service in front of such pods; `more` are lines of its spec. */
export const whoService = (name: string, { selects = name, targetPort = 8080, more = '', port = 80 } = {}) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { app: ${selects} }
  ports: [{ port: ${port}, targetPort: ${targetPort} }]
  ${more}
`

export interface Answer {
  readonly source: string
  readonly pod: string
  readonly failure: string
}

/** What tests ask of pods and services in a namespace of theirs. */
export function whoAsks(kubectl: Kubectl, namespace: string) {
  const inNamespace = `-n ${namespace}`
  const get = async <O>(what: string): Promise<O> => JSON.parse(await kubectl(`get ${what} ${inNamespace} -o json`)) as O
  /** What a request from inside a pod brings back, or why there was no answer. */
  async function ask(from: string, address: string, seconds = 3): Promise<Answer> {
    const { stdout, stderr } = await kubectl.try(`exec ${inNamespace} ${from} -- wget -qO- -T ${seconds} http://${address}/cgi-bin/who`)
    const [source = '', pod = ''] = stdout.trim().split(' ')
    return { source: source.replace(/^\[::ffff:(.*)\]$/, '$1'), pod, failure: stderr }
  }
  return {
    get,
    ask,
    apply: (...manifests: string[]) => kubectl(`apply ${inNamespace} -f -`, { input: manifests.join('\n---\n') }),
    addressOf: async (pod: string) => (await get<Pod>(`pod ${pod}`)).status.podIP ?? '',
    service: (name: string) => get<Service>(`service ${name}`),
    clusterIp: async (name: string) => (await get<Service>(`service ${name}`)).spec.clusterIP ?? '',
    answers: (from: string, address: string, by: string) =>
      eventually(
        async () => {
          const answer = await ask(from, address)
          return answer.pod === by && answer
        },
        { seconds: 20, what: `an answer of ${by} to ${from} on ${address}` },
      ),
  }
}
