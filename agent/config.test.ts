import { describe, expect, it } from '@jest/globals'
import { readConfig } from './config.ts'

const security = (...args: string[]) => readConfig(['--node', 'n1', ...args], {})

describe('readConfig: security', () => {
  it('has upstream’s defaults', () => {
    expect(security()).toMatchObject({ seccompDefault: false, allowedUnsafeSysctls: [] })
  })

  it('takes kernel settings that pods have to themselves, and no others', () => {
    expect(security('--allowed-unsafe-sysctls', 'kernel.msg*,net/core/somaxconn').allowedUnsafeSysctls).toEqual([
      'kernel.msg*',
      'net/core/somaxconn',
    ])
    expect(() => security('--allowed-unsafe-sysctls', 'vm.swappiness')).toThrow('"vm.swappiness" is not known to be namespaced')
    expect(() => security('--seccomp-default', 'maybe')).toThrow('--seccomp-default')
  })
})
