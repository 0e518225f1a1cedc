import { describe, expect, it } from '@jest/globals'
import type { ClusterRole } from '../../api/rbac/cluster-role.ts'
import { aggregatedRules } from './cluster-role-aggregation.ts'

const rule = (verb: string) => ({ verbs: [verb], apiGroups: [''], resources: ['pods'] })
const role = (name: string, labels: Record<string, string>, verbs: string[], selected?: Record<string, string>): ClusterRole =>
  ({
    metadata: { name, uid: name, labels },
    rules: verbs.map(rule),
    ...(selected ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: selected }] } } : {}),
  }) as unknown as ClusterRole

describe('an aggregated cluster role', () => {
  it('has the rules of those it selects, by name, each once, and not its own', () => {
    const whole = role('whole', { part: 'a' }, ['old'], { part: 'a' })
    const others = [
      role('z', { part: 'a' }, ['get', 'list']),
      role('b', { part: 'a' }, ['list', 'watch']),
      role('c', { part: 'b' }, ['delete']),
    ]
    expect(aggregatedRules(whole, [whole, ...others])).toEqual([rule('list'), rule('watch'), rule('get')])
  })
})
