import type { Kubectl } from '../support/kubectl.ts'
import type { Part } from './commands/row.ts'

/** What the server says on creation of a kind that nothing acts on. */
const inert = /nothing in this cluster acts on them yet/

const set = (kind: string, spec: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: asked }
spec:
  selector: { matchLabels: { a: b } }
  ${spec}
  template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: c, image: c }] } }
`
const job = `
apiVersion: batch/v1
kind: Job
metadata: { name: asked }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: c }] } } }
`

/** Which parts that a cluster may lack are there: asked of discovery, and of the warnings that come with kinds nothing acts on. */
export async function partsOf(kubectl: Kubectl): Promise<ReadonlySet<Part>> {
  const acts = async (input: string) => !inert.test((await kubectl.try('create --dry-run=server -n default -f -', { input })).stderr)
  const there: Readonly<Record<Part, Promise<boolean>>> = {
    metrics: kubectl.try('get --raw /apis/metrics.k8s.io/v1beta1').then(({ code }) => code === 0),
    statefulsets: acts(set('StatefulSet', 'serviceName: s')),
    daemonsets: acts(set('DaemonSet', '')),
    jobs: acts(job),
  }
  const found = await Promise.all(Object.entries(there).map(async ([part, is]) => ((await is) ? [part as Part] : [])))
  return new Set(found.flat())
}
