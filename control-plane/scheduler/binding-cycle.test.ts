import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { BindingCycle } from './binding-cycle.ts'
import type { BindingStep, Placed } from './binding-step.ts'
import { nodeInfoOf } from './node-info.ts'
import { Slots } from './slots.ts'

const pod = { metadata: { name: 'p', namespace: 'default', uid: 'u' }, spec: { containers: [] }, status: {} } as unknown as Pod
const info = nodeInfoOf({ metadata: { name: 'a' }, spec: {}, status: {} } as unknown as Node, [])
const placed: Placed = { pod, info, cluster: { nodes: [info], namespaces: [], services: [], claims: [] } }

/** Two steps that write down when their turn comes; the place named fails. */
function cycleFailingAt(place: string) {
  const done: string[] = []
  const turn = (what: string) => {
    if (what === place) throw new Error('out of luck')
    done.push(what)
  }
  const step = (name: string): BindingStep => ({
    name,
    reserve: () => turn(`reserve ${name}`),
    unreserve: () => turn(`unreserve ${name}`),
    preBind: async () => turn(`preBind ${name}`),
  })
  const post = async () => turn('bind') as never
  return { done, cycle: new BindingCycle({ client: { post }, steps: [step('A'), step('B')], writes: new Slots(1) }) }
}
const run = async (cycle: BindingCycle) => {
  cycle.reserve(placed)
  await cycle.bind(placed, new AbortController().signal)
}

describe('carrying out a decision', () => {
  it('reserves, does what the rules ask for, and binds', async () => {
    const { cycle, done } = cycleFailingAt('')
    await run(cycle)
    expect(done).toEqual(['reserve A', 'reserve B', 'preBind A', 'preBind B', 'bind'])
  })

  it.each([
    ['reserve B', ['reserve A', 'unreserve B', 'unreserve A'], 'running Reserve plugin "B": out of luck'],
    ['preBind A', ['reserve A', 'reserve B', 'unreserve B', 'unreserve A'], 'running PreBind plugin "A": out of luck'],
    [
      'bind',
      ['reserve A', 'reserve B', 'preBind A', 'preBind B', 'unreserve B', 'unreserve A'],
      'running Bind plugin "DefaultBinder": out of luck',
    ],
  ])('undoes everything when it fails at %s', async (place, order, message) => {
    const { cycle, done } = cycleFailingAt(place)
    await expect(run(cycle)).rejects.toThrow(message)
    expect(done).toEqual(order)
  })
})

describe('slots', () => {
  it('are free again when work has ended, well or badly', async () => {
    const slots = new Slots(2)
    const ends: ((how: 'well' | 'badly') => void)[] = []
    const work = () =>
      slots.hold(() => new Promise<void>((resolve, reject) => ends.push(how => (how === 'well' ? resolve() : reject(new Error(how))))))
    const works = [work(), work()]
    let free = false
    const waiting = slots.free().then(() => (free = true))
    await Promise.resolve()
    expect(free).toBe(false)
    ends[0]?.('badly')
    await expect(works[0]).rejects.toThrow('badly')
    await waiting
    ends[1]?.('well')
    await works[1]
    await slots.free()
  })
})
