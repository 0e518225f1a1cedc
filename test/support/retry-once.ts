import { jest } from '@jest/globals'

// For tests on a real engine with a real kubectl, whose timing is not ours: a failure is printed, and tried once more.
jest.retryTimes(1, { logErrorsBeforeRetry: true })
