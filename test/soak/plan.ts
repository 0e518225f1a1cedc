/** Numbers that look random and are the same for the same seed: Mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What a pod of the soak is to end up as, once it is left alone. */
export type Fate = 'runs' | 'crashes' | 'succeeds'
export interface PlannedPod {
  readonly fate: Fate
  readonly manifest: object
}

export type SoakStep =
  | { readonly kind: 'create'; readonly pod: PlannedPod }
  | { readonly kind: 'delete'; readonly force: boolean }
  | { readonly kind: 'kill-container' | 'remove-container' | 'kill-pause' | 'kill-agent' | 'restart-daemon' }

/** How often each disturbance is chosen, out of a hundred; the rest are pods that come and go. */
const disturbances = [
  ['kill-container', 8],
  ['remove-container', 5],
  ['kill-pause', 5],
  ['kill-agent', 5],
] as const

export interface PlanState {
  readonly alive: number
  readonly most: number
  readonly sequence: number
}

/** The next thing that happens. Pure: chance comes in as `random`. */
export function nextStep(random: () => number, { alive, most, sequence }: PlanState): SoakStep {
  let drawn = random() * 100
  for (const [kind, share] of disturbances) {
    if (alive > 0 && drawn < share) return { kind }
    drawn -= share
  }
  const full = random() < alive / most
  if (alive > 0 && full) return { kind: 'delete', force: random() < 0.2 }
  return { kind: 'create', pod: plannedPod(random, `soak-${sequence}`) }
}

const pick = <T>(random: () => number, values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0]
const serve = 'mkdir -p /tmp/www; echo ok > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www'

function plannedPod(random: () => number, name: string): PlannedPod {
  const fate = pick<Fate>(random, ['runs', 'runs', 'runs', 'crashes', 'succeeds'])
  const lifetime = 1 + Math.floor(random() * 4)
  const command = { runs: serve, crashes: `sleep ${lifetime}; exit 3`, succeeds: `sleep ${lifetime}` }[fate]
  const http = { httpGet: { path: '/', port: 8080 }, periodSeconds: 2, failureThreshold: 30, timeoutSeconds: 20 }
  const probes = fate === 'runs' && random() < 0.6 ? { readinessProbe: http, livenessProbe: http } : {}
  const mounts = [
    { name: 'data', mountPath: '/data' },
    { name: 'memory', mountPath: '/memory' },
  ]
  const container = { name: 'main', image: 'busybox:1.36', command: ['sh', '-c', command], volumeMounts: mounts, ...probes }
  const helper = { name: 'helper', image: 'busybox:1.36', command: ['sleep', '100000'] }
  const first = { name: 'first', image: 'busybox:1.36', command: ['touch', '/data/ready'], volumeMounts: mounts.slice(0, 1) }
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: fate === 'succeeds' ? 'Never' : 'Always',
      terminationGracePeriodSeconds: Math.floor(random() * 3),
      ...(random() < 0.3 ? { initContainers: [first] } : {}),
      containers: [container, ...(fate === 'runs' && random() < 0.3 ? [helper] : [])],
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      ],
    },
  }
  return { fate, manifest }
}
