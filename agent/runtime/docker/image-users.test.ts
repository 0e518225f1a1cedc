import { describe, expect, it } from '@jest/globals'
import { applyPolicy, membership } from './image-users.ts'

const image = {
  users: [
    ['root', 'x', '0', '0'],
    ['alice', 'x', '1000', '1001'],
  ],
  groups: [
    ['wheel', 'x', '10', 'root,alice'],
    ['staff', 'x', '50', 'bob,alice'],
    ['empty', 'x', '60', ''],
  ],
}

describe('membership', () => {
  it.each([
    ['alice', { gid: '1001', groups: ['10', '50'] }],
    ['1000', { gid: '1001', groups: ['10', '50'] }],
    ['0', { gid: '0', groups: ['10'] }],
    ['4000', { gid: '0', groups: [] }],
  ])('of %s', (user, expected) => expect(membership(image, user)).toEqual(expected))
})

describe('applyPolicy', () => {
  it('names the groups of the image that Docker would leave out, and the own group that keeps it from adding them', () => {
    expect(applyPolicy({ user: '1000:3000', groups: ['50'] }, image)).toEqual({ user: '1000:3000', groups: ['50', '10'] })
    expect(applyPolicy({ user: 'alice', groups: ['7'], groupsPolicy: 'Strict' }, image)).toEqual({ user: 'alice:1001', groups: ['7'] })
    expect(applyPolicy({ groupsPolicy: 'Strict' }, image)).toEqual({ user: '0:0', groups: [] })
  })
})
