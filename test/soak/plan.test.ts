import { expect, it } from '@jest/globals'
import { nextStep, randomNumbers } from './plan.ts'

const plan = (seed: number) => {
  const random = randomNumbers(seed)
  return Array.from({ length: 200 }, (_, sequence) => nextStep(random, { alive: sequence % 12, most: 12, sequence }))
}

it('plans the same for the same seed, and something else for another', () => {
  expect(plan(7)).toEqual(plan(7))
  expect(plan(7)).not.toEqual(plan(8))
})

it('plans every kind of step', () => {
  expect(new Set(plan(7).map(({ kind }) => kind))).toEqual(
    new Set(['create', 'delete', 'kill-container', 'remove-container', 'kill-pause', 'kill-agent']),
  )
})

it('neither deletes nor disturbs where there is nothing', () => {
  const random = randomNumbers(3)
  for (let sequence = 0; sequence < 50; sequence++) expect(nextStep(random, { alive: 0, most: 12, sequence }).kind).toBe('create')
})
