import { existsSync, readFileSync } from 'node:fs'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'

/** What a real kubelet made of a pod. */
export interface GoldenPod {
  readonly case: string
  readonly spec: PodSpec
  readonly timeline: readonly { readonly t: number; readonly deleting?: boolean; readonly deleted?: boolean; readonly status?: PodStatus }[]
  readonly events: readonly GoldenEvent[]
  readonly logs?: string
}
export interface GoldenEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly from: string
  readonly fieldPath?: string
}

const path = new URL('../../../shared/kubernetes-api/golden-pods.json', import.meta.url)

/** The recordings; undefined where they are not. */
export const goldenPods = (): GoldenPod[] | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as GoldenPod[]) : undefined

/** Names of one run that words of a pod may mention. */
export interface RunNames {
  readonly namespace: string
  readonly uid: string
  readonly podIp: string | undefined
  readonly node: string | undefined
}

/** A recorded kubelet's own way to say that a limit is unlimited; it comes and goes with deletion. */
const unlimited = '9007199254740988Ki'
const generated: Readonly<Record<string, string>> = {
  lastTransitionTime: '<time>',
  lastProbeTime: '<time>',
  startTime: '<time>',
  startedAt: '<time>',
  finishedAt: '<time>',
  containerID: '<id>',
  imageID: '<id>',
  hostIP: '<nodeIP>',
  podIP: '<podIP>',
  ip: '<ip>',
}

/** Text without what differs from run to run. */
export function neutralText(text: string, run: RunNames): string {
  let neutral = text.replaceAll(run.uid, '<uid>').replaceAll(run.namespace, 'behave')
  if (run.podIp) neutral = neutral.replaceAll(run.podIp, '<podIP>')
  if (run.node) neutral = neutral.replaceAll(` to ${run.node}`, ' to <node>')
  return (
    neutral
      .replace(/ to real1$/, ' to <node>')
      .replace(/kube-api-access-(<x>|[a-z0-9]{5})/g, 'kube-api-access-<x>')
      .replace(/0\/\d+ nodes/g, '0/N nodes')
      // Other tests may have nodes of their own at the time, which they keep for themselves by a taint.
      .replace(/: \d+ node\(s\) had untolerated taint\(s\), (?=\d)/g, ': ')
      .replace(/: \d+ (?=Insufficient|node\(s\)|Preemption)/g, ': N ')
  )
}

/** A status without what differs from run to run. */
export function neutralStatus(value: unknown, run: RunNames): unknown {
  if (Array.isArray(value)) return value.map(item => neutralStatus(item, run))
  if (typeof value === 'string') return neutralText(value, run)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap(([name, item]: [string, unknown]): [string, unknown][] => {
    if (name === 'limits' && JSON.stringify(item).includes(unlimited)) return []
    if (name === 'image' && typeof item === 'string') return [[name, item.replace('docker.io/library/', '')]]
    if (name in generated && (item === null || typeof item === 'string')) return [[name, item && (generated[name] ?? '')]]
    return [[name, neutralStatus(item, run)]]
  })
  return Object.fromEntries(entries)
}

/** One line per distinct event. */
export const neutralEvent = ({ type, reason, message, from, fieldPath }: GoldenEvent, run: RunNames): string =>
  [type, reason, neutralText(message, run), from, fieldPath ?? '-'].join(' | ')
