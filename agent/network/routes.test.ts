import { describe, expect, it } from '@jest/globals'
import { planRoutes } from './routes.ts'

describe('planRoutes', () => {
  it.each([
    ['adds what is missing', [{ podCidr: '10.244.1.0/24', address: '172.30.0.3' }], [], ['route replace 10.244.1.0/24 via 172.30.0.3']],
    [
      'changes nothing that is right',
      [{ podCidr: '10.244.1.0/24', address: '172.30.0.3' }],
      [{ podCidr: '10.244.1.0/24', address: '172.30.0.3' }],
      [],
    ],
    [
      'follows a node to its new address',
      [{ podCidr: '10.244.1.0/24', address: '172.30.0.4' }],
      [{ podCidr: '10.244.1.0/24', address: '172.30.0.3' }],
      ['route replace 10.244.1.0/24 via 172.30.0.4'],
    ],
    ['forgets nodes that are gone', [], [{ podCidr: '10.244.1.0/24', address: '172.30.0.3' }], ['route del 10.244.1.0/24']],
  ])('it %s', (...[, neighbours, current, lines]) => {
    expect(planRoutes(neighbours, current)).toEqual(lines)
  })
})
