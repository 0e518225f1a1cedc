import { expect } from '@jest/globals'
import type { Context } from './context.ts'

/** Commands about nodes. */
export function nodes({ kubectl, in_, command }: Context): void {
  command('taint', 'adds and removes taints', async () => {
    const taint = 'compat=x:PreferNoSchedule'
    expect(await kubectl(`taint node node-3 ${taint}`)).toBe('node/node-3 tainted\n')
    expect((await kubectl.try(`taint node node-3 ${taint}`)).stderr).toContain(
      'node node-3 already has compat taint(s) with same effect(s)',
    )
    expect(await kubectl('describe node node-3')).toMatch(/Taints:\s+compat=x:PreferNoSchedule/)
    expect(await kubectl('taint node node-3 compat-')).toBe('node/node-3 untainted\n')
  })

  command(
    'cordon, drain, uncordon',
    'empties a node',
    async () => {
      const node = await kubectl(`get pods ${in_} -l app=web -o jsonpath={.items[0].spec.nodeName}`)
      expect(await kubectl(`cordon ${node}`)).toBe(`node/${node} cordoned\n`)
      try {
        expect(await kubectl(`get node ${node}`)).toContain('Ready,SchedulingDisabled')
        const drained = await kubectl(`drain ${node} --pod-selector=app=web --timeout=60s`)
        expect(drained).toMatch(/pod\/web-\S+ evicted\n[^]*drained\n/)
      } finally {
        expect(await kubectl(`uncordon ${node}`)).toBe(`node/${node} uncordoned\n`)
      }
    },
    90,
  )
}
