import type { Taint } from '../api/core/affinity.ts'
import { parseQuantity } from '../api/quantity.ts'
import { count, duration, oneOf, pairs, taint, wrong } from './config-values.ts'
import { parseThresholds, type Threshold } from './eviction/thresholds.ts'
import { shutdownPeriods, type ShutdownPeriod } from './node/plan-shutdown.ts'

/** What the node says of itself, keeps for itself, and does when it runs short or is switched off. */
export interface NodeConfig {
  readonly nodeLabels: Readonly<Record<string, string>>
  readonly registerWithTaints: readonly Taint[]
  readonly registerSchedulable: boolean
  readonly providerId: string | undefined
  readonly nodeStatusUpdateFrequencyMs: number
  readonly nodeStatusReportFrequencyMs: number
  readonly nodeStatusMaxImages: number
  readonly nodeLeaseDurationSeconds: number
  readonly kubeReserved: Readonly<Record<string, string>>
  readonly systemReserved: Readonly<Record<string, string>>
  readonly evictionThresholds: readonly Threshold[]
  readonly evictionMaxPodGracePeriod: number
  readonly evictionPressureTransitionPeriodMs: number
  readonly evictionMonitoringPeriodMs: number
  /** Empty: a shutdown of the node is immediate. */
  readonly shutdownGracePeriods: readonly ShutdownPeriod[]
  readonly staticPodPath: string | undefined
  readonly fileCheckFrequencyMs: number
}

/** Named like the fields of upstream's KubeletConfiguration or the flags of kubelet, with their defaults and their syntax. */
export const nodeDefaults = {
  /** `key=value,…`, set when the node registers: also its zone (`topology.kubernetes.io/zone`). */
  'node-labels': '',
  /** `key=value:Effect,…`, set when the node registers for the first time. */
  'register-with-taints': '',
  'register-schedulable': 'true',
  'provider-id': '',
  /** How often the node looks whether its status is still true, and how often it writes it all the same. */
  'node-status-update-frequency': '10s',
  'node-status-report-frequency': '5m',
  /** How many images the Node lists, the largest ones; -1: all. */
  'node-status-max-images': '50',
  'node-lease-duration-seconds': '40',
  /** `cpu=100m,memory=256Mi,ephemeral-storage=1Gi`: what pods are not given. */
  'kube-reserved': '',
  'system-reserved': '',
  'eviction-hard': 'memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,imagefs.available<15%,imagefs.inodesFree<5%',
  'eviction-soft': '',
  /** `memory.available=1m30s,…`: one for each soft threshold. */
  'eviction-soft-grace-period': '',
  /** `memory.available=500Mi,…`: how much beyond a threshold is reclaimed once it was met. */
  'eviction-minimum-reclaim': '',
  'eviction-max-pod-grace-period': '0',
  'eviction-pressure-transition-period': '5m',
  /** Upstream's is fixed. */
  'eviction-monitoring-period': '10s',
  /** The whole time for all pods, and the part of it that is kept for critical ones. */
  'shutdown-grace-period': '0s',
  'shutdown-grace-period-critical-pods': '0s',
  /** `priority=seconds,…`, in place of the two above. */
  'shutdown-grace-period-by-pod-priority': '',
  /** A directory of manifests, or one manifest, of pods that run here whatever the API server says. */
  'static-pod-path': '',
  /** How often that directory is read when nothing tells that it changed. */
  'file-check-frequency': '20s',
} as const
type Option = keyof typeof nodeDefaults

export function readNodeConfig(read: (option: Option) => string): NodeConfig {
  const [hard, soft] = [read('eviction-hard'), read('eviction-soft')]
  const softGracePeriod = pairs('eviction-soft-grace-period', read('eviction-soft-grace-period'))
  const minimumReclaim = pairs('eviction-minimum-reclaim', read('eviction-minimum-reclaim'))
  return {
    nodeLabels: pairs('node-labels', read('node-labels')),
    registerWithTaints: listed(read('register-with-taints')).map(text => taint('register-with-taints', text)),
    registerSchedulable: oneOf('register-schedulable', read('register-schedulable'), ['true', 'false']) === 'true',
    providerId: read('provider-id') || undefined,
    nodeStatusUpdateFrequencyMs: duration('node-status-update-frequency', read('node-status-update-frequency')),
    nodeStatusReportFrequencyMs: duration('node-status-report-frequency', read('node-status-report-frequency')),
    nodeStatusMaxImages: limit('node-status-max-images', read('node-status-max-images')),
    nodeLeaseDurationSeconds: count('node-lease-duration-seconds', read('node-lease-duration-seconds')),
    kubeReserved: reserved('kube-reserved', read('kube-reserved')),
    systemReserved: reserved('system-reserved', read('system-reserved')),
    evictionThresholds: parseThresholds({
      hard: statements('eviction-hard', hard),
      soft: statements('eviction-soft', soft),
      softGracePeriod,
      minimumReclaim,
    }),
    evictionMaxPodGracePeriod: count('eviction-max-pod-grace-period', read('eviction-max-pod-grace-period')),
    evictionPressureTransitionPeriodMs: duration('eviction-pressure-transition-period', read('eviction-pressure-transition-period')),
    evictionMonitoringPeriodMs: duration('eviction-monitoring-period', read('eviction-monitoring-period')),
    shutdownGracePeriods: shutdownPeriods({
      total: duration('shutdown-grace-period', read('shutdown-grace-period')),
      criticalPods: duration('shutdown-grace-period-critical-pods', read('shutdown-grace-period-critical-pods')),
      byPodPriority: byPriority(read('shutdown-grace-period-by-pod-priority')),
    }),
    staticPodPath: read('static-pod-path') || undefined,
    fileCheckFrequencyMs: duration('file-check-frequency', read('file-check-frequency')),
  }
}

/** -1: none. */
const limit = (option: Option, value: string): number => (value === '-1' ? Infinity : count(option, value))

const listed = (text: string): string[] => text.split(',').filter(Boolean)

/** `memory.available<100Mi,…`. */
function statements(option: Option, value: string): Record<string, string> {
  const entries = listed(value).map(text => text.split('<'))
  if (entries.some(({ length }) => length !== 2)) throw wrong(option, value, 'of the form signal<quantity,…')
  return Object.fromEntries(entries.map(([signal = '', quantity = '']) => [signal.trim(), quantity.trim()]))
}

/** Upstream lets nodes reserve these and nothing else. */
const reservable: readonly string[] = ['cpu', 'memory', 'ephemeral-storage', 'pid']

function reserved(option: Option, value: string): Record<string, string> {
  const amounts = pairs(option, value)
  for (const [name, quantity] of Object.entries(amounts)) {
    if (!reservable.includes(name)) throw wrong(option, name, `one of ${reservable.join(', ')}`)
    if (parseQuantity(quantity).nanos < 0n) throw wrong(option, quantity, 'a quantity of zero or more')
  }
  return amounts
}

/** `100000=10,0=60`. */
function byPriority(value: string): ShutdownPeriod[] {
  const option = 'shutdown-grace-period-by-pod-priority'
  return Object.entries(pairs(option, value)).map(([priority, seconds]) => {
    if (!/^-?\d+$/.test(priority)) throw wrong(option, priority, 'a priority')
    return { priority: Number(priority), seconds: count(option, seconds) }
  })
}
