import { expect, it } from '@jest/globals'
import { TimeSlice } from './time-slice.ts'

it('lets others have their turn when its time is over', async () => {
  const slice = new TimeSlice(0)
  let others = 0
  setImmediate(() => others++)
  expect(slice.over).toBe(true)
  await slice.next()
  expect(others).toBe(1)
})

it('goes on for as long as it has time', () => {
  expect(new TimeSlice(60_000).over).toBe(false)
})
