import { describe, expect, it } from '@jest/globals'
import type { Container } from '../../api/core/container.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { restartsAfter, restartsEverything, restartsWhenKilled } from './restart-policy.ts'

type Policy = PodSpec['restartPolicy']
type Rules = NonNullable<Container['restartPolicyRules']>
const rule = (operator: 'In' | 'NotIn', values: number[], action: 'Restart' | 'RestartAllContainers' = 'Restart'): Rules[number] => ({
  action,
  exitCodes: { operator, values },
})
const container = (restartPolicy?: NonNullable<Policy>, restartPolicyRules?: Rules): Container => ({
  name: 'c',
  resources: {},
  ...(restartPolicy ? { restartPolicy } : {}),
  ...(restartPolicyRules ? { restartPolicyRules } : {}),
})

describe('restart policies', () => {
  it.each<[string, NonNullable<Policy>, Container, number, boolean]>([
    ['the pod restarts always', 'Always', container(), 0, true],
    ['the pod restarts on failure', 'OnFailure', container(), 1, true],
    ['the pod does not restart what succeeded', 'OnFailure', container(), 0, false],
    ['the pod never restarts', 'Never', container(), 1, false],
    ['the container overrules the pod: Always', 'Never', container('Always'), 0, true],
    ['the container overrules the pod: OnFailure', 'Never', container('OnFailure'), 1, true],
    ['the container overrules the pod: Never', 'Always', container('Never'), 1, false],
    ['a rule overrules the container', 'Never', container('Never', [rule('In', [42])]), 42, true],
    ['a rule about other codes does not', 'Never', container('Never', [rule('In', [42])]), 1, false],
    ['a rule may exclude codes', 'Never', container('Never', [rule('NotIn', [0, 1])]), 2, true],
    ['a rule does not apply to what it excludes', 'Never', container('Never', [rule('NotIn', [0, 1])]), 1, false],
    ['to restart everything is to restart', 'Never', container('Never', [rule('In', [7], 'RestartAllContainers')]), 7, true],
  ])('%s', (...row) => {
    const [, restartPolicy, c, exitCode, restarts] = row
    expect(restartsAfter({ restartPolicy }, c, exitCode)).toBe(restarts)
  })

  it('leave rules aside for a container that is killed', () => {
    expect(restartsWhenKilled({ restartPolicy: 'Always' }, container('Never', [rule('In', [137])]))).toBe(false)
    expect(restartsWhenKilled({ restartPolicy: 'Never' }, container('OnFailure'))).toBe(true)
    expect(restartsWhenKilled({ restartPolicy: 'Never' }, container())).toBe(false)
  })

  it('let the first rule that applies decide', () => {
    const rules = [rule('In', [1]), rule('In', [1, 2], 'RestartAllContainers')]
    expect(restartsEverything(container('Never', rules), 1)).toBe(false)
    expect(restartsEverything(container('Never', rules), 2)).toBe(true)
    expect(restartsEverything(container('Never', rules), 3)).toBe(false)
  })
})
