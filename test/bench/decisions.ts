import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { placePod } from '../../control-plane/scheduler/place-pod.ts'
import { plugins } from '../../control-plane/scheduler/plugins/index.ts'
import { Snapshot } from '../../control-plane/scheduler/snapshot.ts'
import { Verdicts } from '../../control-plane/scheduler/verdicts.ts'
import { percentile, type Figure } from './figures.ts'

/** Decisions alone, without API and events: as many pods as a Deployment, one after the other on nodes that fill up. */
export function decisionFigures({ nodes, pods }: { readonly nodes: number; readonly pods: number }): Figure[] {
  const snapshot = new Snapshot()
  const verdicts = new Verdicts()
  for (let index = 0; index < nodes; index++) snapshot.setNode(node(`node-${index}`))
  const samples: number[] = []
  const before = process.cpuUsage()
  let start = 0
  for (let index = 0; index < pods; index++) {
    const wanted = pod(`pod-${index}`)
    const began = performance.now()
    const { nodes, affine, images } = snapshot
    const placement = placePod(wanted, { nodes, affine, images, namespaces: [], services: [], claims: [] }, { plugins, verdicts, start })
    samples.push(performance.now() - began)
    start = (start + placement.examined) % nodes.length
    if (placement.node) snapshot.assume(wanted, placement.node.node.metadata.name)
  }
  const { user, system } = process.cpuUsage(before)
  return [
    { name: 'decision, processor time', value: (user + system) / 1000 / pods, unit: 'ms' },
    { name: 'decision, p50', value: percentile(samples, 0.5), unit: 'ms' },
    { name: 'decision, p99', value: percentile(samples, 0.99), unit: 'ms' },
  ]
}

const node = (name: string) =>
  ({
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' } },
    spec: {},
    status: { allocatable: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' } },
  }) as unknown as Node

const tolerations = ['not-ready', 'unreachable'].map(what => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}))
const pod = (name: string) =>
  ({
    metadata: { name, namespace: 'default', uid: name, ownerReferences: [{ uid: 'owner', controller: true }] },
    spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '10m', memory: '16Mi' } } }], tolerations },
    status: {},
  }) as unknown as Pod
