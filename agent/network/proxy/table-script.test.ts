import { describe, expect, it } from '@jest/globals'
import { hostPortRules } from './host-port-rules.ts'
import { emptyRules } from './rule-set.ts'
import { differenceScript, fullScript, leftoverCommands } from './table-script.ts'
import { at, facts, onThisNode, rulesOf, serviceOf, sliceOf, tableOf } from './testing.ts'

const near = at('10.244.1.5', onThisNode)
const far = at('10.244.2.6')
const table = (...endpoints: Parameters<typeof sliceOf>[0]) => tableOf(rulesOf(serviceOf(), [sliceOf(endpoints)]))

describe('a difference', () => {
  it('is nothing between equal rules', () => {
    expect(differenceScript(table(near, far), table(far, near))).toBe('')
  })

  it('changes the elements that differ and no others', () => {
    expect(differenceScript(table(near), table(near, far))).toBe(
      `add chain ip kubeling pick-2
flush chain ip kubeling pick-2
add rule ip kubeling pick-2 meta mark set numgen random mod 2 dnat ip to ip daddr . meta l4proto . th dport . meta mark map @endpoints
add rule ip kubeling pick-2 meta mark set 0 dnat ip to ip daddr . meta l4proto . th dport . meta mark map @endpoints
delete element ip kubeling services {
10.96.0.20 . tcp . 80
}
add element ip kubeling services {
10.96.0.20 . tcp . 80 : goto pick-2
}
add element ip kubeling endpoints {
10.96.0.20 . tcp . 80 . 1 : 10.244.2.6 . 8080
}
`,
    )
  })

  it('leads from service to refusal in one step when the last endpoint goes', () => {
    const script = differenceScript(table(near), table())
    expect(script).toContain('delete element ip kubeling services {\n10.96.0.20 . tcp . 80\n}')
    expect(script).toContain('add element ip kubeling no-endpoints {\n10.96.0.20 . tcp . 80 : goto refuse\n}')
    expect(script).toContain('delete element ip kubeling hairpins {\n10.244.1.5 . 10.244.1.5\n}')
  })

  it('declares chains and sets before what refers to them', () => {
    const after = tableOf(rulesOf(serviceOf({ sessionAffinity: 'ClientIP' }), [sliceOf([near])]))
    const lines = differenceScript(emptyRules, after).split('\n')
    const place = (pattern: RegExp) => lines.findIndex(line => pattern.test(line))
    expect(place(/^add set ip kubeling clients-\S+ \{ type ipv4_addr; flags dynamic,timeout; timeout 10800s; size 65535; \}$/)).toBe(0)
    expect(place(/^add rule/)).toBeGreaterThan(lines.findLastIndex(line => line.startsWith('add chain')))
    expect(place(/^add element/)).toBeGreaterThan(lines.findLastIndex(line => line.startsWith('add rule')))
  })
})

describe('the whole table', () => {
  it('is made anew in one transaction that forgets no client', () => {
    const script = fullScript(tableOf(rulesOf(serviceOf({ sessionAffinity: 'ClientIP' }), [sliceOf([near])])), facts)
    expect(script).toMatch(/^add table ip kubeling\nflush table ip kubeling\n/)
    expect(script).toContain('flush map ip kubeling services')
    expect(script).not.toMatch(/flush set ip kubeling clients|delete/)
  })

  it('lets questions about names through to the node, although the Service of the cluster DNS has no endpoints', () => {
    const rules = fullScript(emptyRules, facts)
      .split('\n')
      .filter(line => line.startsWith('add rule ip kubeling reject-to-node'))
    expect(rules[0]).toContain('ip daddr 10.96.0.10 meta l4proto { tcp, udp } th dport 53 accept')
    expect(rules.at(-1)).toContain('ip daddr 10.96.0.0/16 goto refuse')
  })

  it('has nothing of others', () => {
    const listed = { chains: ['prerouting', 'pick-1', 'pick-9'], sets: ['hairpins', 'clients-old'] }
    expect(leftoverCommands(listed, table(near), facts)).toEqual(['delete chain ip kubeling pick-9', 'delete set ip kubeling clients-old'])
  })
})

describe('host ports', () => {
  const pod = (status: object, spec: object = {}) =>
    ({
      metadata: { name: 'a', namespace: 'default' },
      spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 8080, protocol: 'TCP', ...spec }] }] },
      status,
    }) as unknown as Parameters<typeof hostPortRules>[0][number]

  it('lead to the pod from every address of the node, or from the one that was named', () => {
    const { maps } = tableOf(hostPortRules([pod({ podIP: '10.244.1.5', phase: 'Running' })], facts))
    expect([...maps.services.keys()]).toEqual(['172.30.0.2 . tcp . 8080', '10.244.1.1 . tcp . 8080'])
    expect([...maps.endpoints.values()]).toEqual(['10.244.1.5 . 80', '10.244.1.5 . 80'])
    const named = tableOf(hostPortRules([pod({ podIP: '10.244.1.5', phase: 'Running' }, { hostIP: '172.30.0.2' })], facts))
    expect([...named.maps.services.keys()]).toEqual(['172.30.0.2 . tcp . 8080'])
  })

  it('lead nowhere once the pod has ended', () => {
    expect(hostPortRules([pod({ podIP: '10.244.1.5', phase: 'Succeeded' }), pod({ phase: 'Pending' })], facts).frontends.size).toBe(0)
  })
})
