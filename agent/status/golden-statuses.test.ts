import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import type { PodCondition, PodStatus } from '../../api/core/pod-status.ts'
import { kubeletConditions, podConditions } from './pod-conditions.ts'
import { isTerminalPhase } from '../../api/pod-phase.ts'
import { podPhase } from './pod-phase.ts'

interface Golden {
  readonly case: string
  readonly spec: PodSpec
  readonly timeline: readonly { readonly deleting?: boolean; readonly status?: PodStatus }[]
}
const path = new URL('../../../shared/kubernetes-api/golden-pods.json', import.meta.url)
const recorded = existsSync(path)

const words = ({ type, status, reason, message }: PodCondition) => ({ type, status, reason, message })

// The conditions and phases that a real kubelet derived from the container statuses it reported.
describe('the status of a pod', () => {
  if (!recorded) {
    it.skip('follows from its containers as recorded: the recordings are not here', () => undefined)
    return
  }
  const goldens = JSON.parse(readFileSync(path, 'utf8')) as Golden[]
  const cases = goldens.flatMap(({ case: name, spec, timeline }) =>
    timeline.flatMap(({ status, deleting }, index) =>
      status?.containerStatuses && status.reason === undefined ? [{ name, index, spec, status, deleting }] : [],
    ),
  )
  it.each(cases)('follows from its containers: $name, step $index', ({ spec, status, deleting }) => {
    const init = status.initContainerStatuses ?? []
    const containers = status.containerStatuses ?? []
    const full = { ...spec, restartPolicy: spec.restartPolicy ?? 'Always' } as PodSpec
    const computed = podPhase(full, [...init, ...containers], deleting ?? false)
    // While containers may still run, a phase that ends the pod is held back; its conditions are not.
    if (!isTerminalPhase(computed)) expect(computed).toBe(status.phase)
    const ended = status.conditions?.some(({ reason }) => reason === 'PodFailed' || reason === 'PodCompleted')
    if (ended && !isTerminalPhase(computed)) return
    const conditions = podConditions({
      spec: full,
      phase: computed,
      init,
      containers,
      others: (status.conditions ?? []).filter(({ type }) => !kubeletConditions.includes(type)),
      sandboxReady: status.conditions?.find(({ type }) => type === 'PodReadyToStartContainers')?.status === 'True',
    })
    expect(conditions.map(words)).toEqual((status.conditions ?? []).map(words))
  })
})
