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

describe('a node of another machine', () => {
  it('is given the certificate itself, and says where it is reached', () => {
    const ca = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')
    const args = ['--ca-data', ca, '--external-ip', '192.168.1.11', '--tunnel-endpoint', '192.168.1.11:8472']
    expect(readConfig(args, {})).toMatchObject({
      ca: '-----BEGIN CERTIFICATE-----',
      externalIp: '192.168.1.11',
      tunnelEndpoint: '192.168.1.11:8472',
    })
    expect(readConfig([], {})).toMatchObject({ ca: undefined, externalIp: undefined, tunnelEndpoint: undefined })
    expect(() => readConfig(['--tunnel-endpoint', '192.168.1.11'], {})).toThrow('--tunnel-endpoint')
    expect(() => readConfig(['--external-ip', 'there'], {})).toThrow('--external-ip')
  })
})

describe('the configuration of an agent', () => {
  it("has upstream's defaults", () => {
    const config = readConfig([], {})
    expect(config.evictionThresholds.map(({ signal }) => signal)).toEqual([
      'memory.available',
      'nodefs.available',
      'nodefs.inodesFree',
      'imagefs.available',
      'imagefs.inodesFree',
      'allocatableMemory.available',
    ])
    expect(config).toMatchObject({
      maxPods: 110,
      nodeLeaseDurationSeconds: 40,
      nodeStatusUpdateFrequencyMs: 10_000,
      nodeStatusReportFrequencyMs: 300_000,
      nodeStatusMaxImages: 50,
      evictionPressureTransitionPeriodMs: 300_000,
      evictionMaxPodGracePeriod: 0,
      shutdownGracePeriods: [],
      registerSchedulable: true,
    })
  })
  it('is read from the environment and from flags, which win', () => {
    const environment = { KUBELING_KUBE_RESERVED: 'memory=1Gi', KUBELING_REGISTER_WITH_TAINTS: 'a=b:NoSchedule,c:NoExecute' }
    const config = readConfig(['--kube-reserved', 'cpu=100m', '--shutdown-grace-period-by-pod-priority', '1000=10,0=60'], environment)
    expect(config.kubeReserved).toEqual({ cpu: '100m' })
    expect(config.registerWithTaints).toEqual([
      { key: 'a', value: 'b', effect: 'NoSchedule' },
      { key: 'c', effect: 'NoExecute' },
    ])
    expect(config.shutdownGracePeriods).toEqual([
      { priority: 0, seconds: 60 },
      { priority: 1000, seconds: 10 },
    ])
  })
  it.each([
    [['--kube-reserved', 'gpu=1'], '--kube-reserved: "gpu" is not one of cpu, memory, ephemeral-storage, pid'],
    [['--eviction-hard', 'memory.available=1Gi'], '--eviction-hard: "memory.available=1Gi" is not of the form signal<quantity,…'],
    [['--eviction-hard', 'memory<1Gi'], 'unsupported eviction signal memory'],
    [['--shutdown-grace-period', '10'], '--shutdown-grace-period: "10" is not a duration such as 1m30s'],
    [['--register-with-taints', 'a'], '--register-with-taints: "a" is not of the form key=value:Effect'],
  ])('refuses %p', (args, message) => {
    expect(() => readConfig(args, {})).toThrow(message)
  })
})
