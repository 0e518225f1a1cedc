import type { HorizontalPodAutoscalerBehavior, HPAScalingRules } from '../../../api/autoscaling/horizontal-pod-autoscaler.ts'

export interface Recommendation {
  readonly replicas: number
  readonly at: number
}
export interface ScaleChange {
  /** Positive: pods added. */
  readonly by: number
  readonly at: number
}

export interface ScaleQuestion {
  readonly current: number
  /** What the metrics ask for. */
  readonly desired: number
  readonly min: number
  readonly max: number
  readonly behavior: HorizontalPodAutoscalerBehavior | undefined
  readonly recommendations: readonly Recommendation[]
  readonly changes: readonly ScaleChange[]
  readonly now: number
}

interface Verdict {
  readonly reason: string
  readonly message: string
}
export interface ScaleAnswer {
  readonly replicas: number
  readonly able: Verdict
  readonly limited: Verdict & { readonly status: 'True' | 'False' }
}

/** Upstream's --horizontal-pod-autoscaler-downscale-stabilization, in seconds. */
const downscaleStabilization = 300
const verdicts = {
  ready: { reason: 'ReadyForNewScale', message: 'recommended size matches current size' },
  up: {
    reason: 'ScaleUpStabilized',
    message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
  },
  down: {
    reason: 'ScaleDownStabilized',
    message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
  },
  within: { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' },
  tooMany: { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' },
  tooFew: { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' },
  upLimit: { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' },
  downLimit: { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate' },
} as const

/** What becomes of a wish: past wishes steady it, rates and bounds limit it (upstream's normalizeDesiredReplicas…). */
export function planScale(question: ScaleQuestion): ScaleAnswer {
  const { behavior, desired, current } = question
  const stable = behavior ? stabilized(question, behavior) : highestRecent(question, downscaleStabilization)
  const steadied = behavior && desired >= current ? verdicts.up : verdicts.down
  const { replicas, ...why } = behavior ? limitedByRules(question, behavior, stable) : limitedByDefault(question, stable)
  return {
    replicas,
    able: stable === desired ? verdicts.ready : steadied,
    limited: { ...why, status: replicas === stable ? 'False' : 'True' },
  }
}

const recent = ({ recommendations, now }: ScaleQuestion, seconds: number) =>
  recommendations.filter(({ at }) => at > now - seconds * 1000).map(({ replicas }) => replicas)
const highestRecent = (question: ScaleQuestion, seconds: number) => Math.max(question.desired, ...recent(question, seconds))
const lowestRecent = (question: ScaleQuestion, seconds: number) => Math.min(question.desired, ...recent(question, seconds))

/** Up by the least, down by the most that was wished within each direction's window. */
function stabilized(question: ScaleQuestion, { scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): number {
  const up = lowestRecent(question, scaleUp?.stabilizationWindowSeconds ?? 0)
  const down = highestRecent(question, scaleDown?.stabilizationWindowSeconds ?? downscaleStabilization)
  return Math.min(Math.max(question.current, up), down)
}

type Limited = Verdict & { readonly replicas: number }

function limitedByDefault({ current, min, max }: ScaleQuestion, wish: number): Limited {
  const rate = Math.max(2 * current, 4)
  if (wish < min) return { replicas: min, ...verdicts.tooFew }
  if (wish > Math.min(rate, max)) return { replicas: Math.min(rate, max), ...(max > rate ? verdicts.upLimit : verdicts.tooMany) }
  return { replicas: wish, ...verdicts.within }
}

function limitedByRules(question: ScaleQuestion, { scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior, wish: number): Limited {
  const { current, min, max } = question
  if (wish > current) {
    const rate = Math.max(current, rateLimit(question, scaleUp, 'up'))
    if (wish > Math.min(rate, max)) return { replicas: Math.min(rate, max), ...(max > rate ? verdicts.upLimit : verdicts.tooMany) }
  } else if (wish < current) {
    const rate = Math.min(current, rateLimit(question, scaleDown, 'down'))
    if (wish < Math.max(rate, min)) return { replicas: Math.max(rate, min), ...(min < rate ? verdicts.downLimit : verdicts.tooFew) }
  }
  return { replicas: wish, ...verdicts.within }
}

/** How far the rules of a direction let the size go, given what changed within each policy's period. */
function rateLimit({ current, changes, now }: ScaleQuestion, rules: HPAScalingRules | undefined, direction: 'up' | 'down'): number {
  const { selectPolicy = 'Max', policies = [] } = rules ?? {}
  if (selectPolicy === 'Disabled') return current
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const changed = changes.filter(({ at }) => at > now - periodSeconds * 1000).reduce((sum, { by }) => sum + by, 0)
    const start = current - changed
    if (type === 'Pods') return direction === 'up' ? start + value : start - value
    // Multiplied first: a tenth of 30 is 3, not a little more.
    return direction === 'up' ? Math.ceil((start * (100 + value)) / 100) : Math.trunc((start * (100 - value)) / 100)
  })
  const farthest = (selectPolicy === 'Min') === (direction === 'down')
  return farthest ? Math.max(...limits) : Math.min(...limits)
}
