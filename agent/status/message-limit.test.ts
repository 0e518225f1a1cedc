import { expect, it } from '@jest/globals'
import type { ContainerStatus } from '../../api/core/pod-status.ts'
import { withShortMessages } from './message-limit.ts'

it('cuts termination messages to their share of twelve kibibytes', () => {
  const ended = (length: number) => ({ terminated: { exitCode: 0, message: 'x'.repeat(length) } })
  const status = {
    name: 'c',
    state: ended(4096),
    lastState: ended(100),
    ready: false,
    restartCount: 0,
    image: '',
    imageID: '',
  } as ContainerStatus
  const lengths = (containers: number) => {
    const { state, lastState } = withShortMessages(status, containers)
    return [state?.terminated?.message?.length, lastState?.terminated?.message?.length]
  }
  expect(lengths(3)).toEqual([4096, 100])
  expect(lengths(4)).toEqual([3072, 100])
  expect(lengths(200)).toEqual([61, 61])
})
