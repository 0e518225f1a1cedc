import { describe, expect, it } from '@jest/globals'
import { routeParents, timed } from './gateway-status.ts'
import type { AnyRoute, Condition, RouteParentStatus } from './gateway-types.ts'

const [before, now] = ['2026-01-01T00:00:00Z', new Date('2026-02-01T00:00:00Z')]
const condition = (type: string, status: 'True' | 'False', lastTransitionTime?: string): Condition => ({
  ...{ type, status, reason: type, message: '', observedGeneration: 1 },
  ...(lastTransitionTime ? { lastTransitionTime } : {}),
})
const parent = (name: string, controllerName: string, conditions: Condition[]): RouteParentStatus => ({
  parentRef: { name },
  controllerName,
  conditions,
})
const ours = 'kubeling.io/gateway-controller'

describe('statuses of the Gateway API', () => {
  it('keep the time of a condition whose status stays', () => {
    const next = [condition('Accepted', 'True'), condition('Programmed', 'True'), condition('New', 'True')]
    const current = [condition('Accepted', 'True', before), condition('Programmed', 'False', before)]
    expect(timed(next, current, now).map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([
      before,
      '2026-02-01T00:00:00Z',
      '2026-02-01T00:00:00Z',
    ])
  })

  it('leave to routes what other controllers say, and take away what was ours', () => {
    const theirs = parent('edge', 'example.com/other', [condition('Accepted', 'False', before)])
    const parents = [theirs, parent('gone', ours, []), parent('edge', ours, [condition('Accepted', 'True', before)])]
    const object = { status: { parents } } as unknown as AnyRoute
    expect(routeParents({ object, parents: [parent('edge', ours, [condition('Accepted', 'True')])] }, now)).toEqual([
      theirs,
      parent('edge', ours, [condition('Accepted', 'True', before)]),
    ])
  })
})
