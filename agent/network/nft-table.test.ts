import { describe, expect, it } from '@jest/globals'
import { changeTable, replaceTable, type NftTable } from './nft-table.ts'

const table = (parts: {
  sets?: Record<string, string[]>
  maps?: Record<string, Record<string, string>>
  chains?: Record<string, string[]>
}): NftTable => ({
  sets: new Map(Object.entries(parts.sets ?? {}).map(([name, elements]) => [name, { type: 'ipv4_addr', elements }])),
  maps: new Map(Object.entries(parts.maps ?? {}).map(([name, entries]) => [name, new Map(Object.entries(entries))])),
  chains: new Map(Object.entries(parts.chains ?? {})),
})
const changes = (from: NftTable, to: NftTable) => changeTable('t', from, to).split('\n').filter(Boolean)

const before = table({
  sets: { stays: ['10.0.0.1', '10.0.0.2'], goes: [] },
  maps: { egress: { '10.0.0.1': 'jump old', '10.0.0.9': 'jump old' } },
  chains: { old: ['ip saddr @goes return', 'counter drop'] },
})
const after = table({
  sets: { stays: ['10.0.0.2', '10.0.0.3'], comes: ['10.0.0.4'] },
  maps: { egress: { '10.0.0.1': 'jump new' } },
  chains: { new: ['ip saddr @comes return', 'counter drop'] },
})

describe('a table of nftables', () => {
  it('changes by its differences, what is referred to first and last', () => {
    expect(changes(before, after)).toEqual([
      'add set ip t comes { type ipv4_addr; }',
      'delete element ip t stays { 10.0.0.1 }',
      'add element ip t stays { 10.0.0.3 }',
      'add element ip t comes { 10.0.0.4 }',
      'add chain ip t new',
      'add rule ip t new ip saddr @comes return',
      'add rule ip t new counter drop',
      'delete element ip t egress { 10.0.0.1 : jump old, 10.0.0.9 : jump old }',
      'add element ip t egress { 10.0.0.1 : jump new }',
      'delete chain ip t old',
      'delete set ip t goes',
    ])
  })

  it('does not change when nothing is different', () => {
    expect(changeTable('t', before, before)).toBe('')
  })

  it('is loaded as a whole in place of what was there', () => {
    expect(replaceTable({ name: 't', hooks: ['chain forward {', '  ip saddr vmap @egress', '}'] }, after)).toBe(
      `table ip t
delete table ip t
table ip t {
  set stays {
    type ipv4_addr
    elements = { 10.0.0.2, 10.0.0.3 }
  }
  set comes {
    type ipv4_addr
    elements = { 10.0.0.4 }
  }
  chain new {
    ip saddr @comes return
    counter drop
  }
  map egress {
    type ipv4_addr : verdict
    elements = { 10.0.0.1 : jump new }
  }
  chain forward {
    ip saddr vmap @egress
  }
}
`,
    )
  })
})
