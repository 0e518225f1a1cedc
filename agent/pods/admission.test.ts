import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { boundPod, ordinaryNode } from '../testing/scenario.ts'
import { admit } from './admission.ts'
import type { NodeSecurity } from './node-security.ts'

const node = { metadata: { name: 'n1' }, spec: {}, status: { allocatable: { cpu: '4', pods: '110' } } } as unknown as Node
const verdict = (spec: object, security: Partial<NodeSecurity> = {}, others: readonly object[] = []) =>
  admit(boundPod('p', { containers: [], ...spec }), {
    node,
    security: { ...ordinaryNode, ...security },
    others: others.map((other, index) => boundPod(`o${index}`, other as Partial<PodSpec>)),
  })
const sysctl = (name: string, more: object = {}) => ({ securityContext: { sysctls: [{ name, value: '1' }] }, ...more })

describe('admit: kernel settings', () => {
  it.each([
    [sysctl('net.ipv4.tcp_syncookies'), [], undefined],
    [sysctl('net/ipv4/tcp_syncookies'), [], undefined],
    [sysctl('kernel.msgmax'), [], 'forbidden sysctl: "kernel.msgmax" not allowlisted'],
    [sysctl('vm.swappiness'), ['net.*'], 'forbidden sysctl: "vm.swappiness" not allowlisted'],
    [sysctl('kernel.msgmax'), ['kernel.msg*'], undefined],
    [sysctl('net.core.somaxconn'), ['net.core.somaxconn'], undefined],
    [
      sysctl('net.ipv4.tcp_syncookies', { hostNetwork: true }),
      [],
      'forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host Net enabled',
    ],
    [sysctl('kernel.shm_rmid_forced', { hostNetwork: true }), [], undefined],
    [
      sysctl('kernel.shm_rmid_forced', { hostIPC: true }),
      [],
      'forbidden sysctl: "kernel.shm_rmid_forced" not allowed with host IPC enabled',
    ],
    [sysctl('kernel.msgmax', { hostIPC: true }), ['kernel.msg*'], 'forbidden sysctl: "kernel.msgmax" not allowed with host IPC enabled'],
  ])('of %j, with %j allowed', (spec, allowedUnsafeSysctls, message) => {
    expect(verdict(spec, { allowedUnsafeSysctls })).toEqual(message && { reason: 'SysctlForbidden', message })
  })
})

describe('admit: AppArmor', () => {
  const profile = (type: string) => ({ appArmorProfile: { type } })
  const disabled = { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' }
  it.each([
    ['none', {}, undefined],
    ['of the pod', { securityContext: profile('RuntimeDefault') }, disabled],
    ['of a container', { containers: [{ name: 'c', securityContext: profile('Localhost') }] }, disabled],
    ['that confines nothing', { securityContext: profile('Unconfined') }, undefined],
  ])('a profile %s', (_, spec, expected) => {
    expect(verdict(spec)).toEqual(expected)
    expect(verdict(spec, { appArmor: true })).toBeUndefined()
  })
})

describe('admit: ports of the node', () => {
  const port = (hostPort: number, more: object = {}) => ({ containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort, ...more }] }] })
  it.each([
    ['the same', port(80), port(80), true],
    ['another', port(80), port(81), false],
    ['another protocol', port(80), port(80, { protocol: 'UDP' }), false],
    ['another address', port(80, { hostIP: '127.0.0.1' }), port(80, { hostIP: '192.0.2.1' }), false],
    ['one address and all', port(80, { hostIP: '127.0.0.1' }), port(80), true],
    ['all, in words, and one address', port(80, { hostIP: '0.0.0.0' }), port(80, { hostIP: '127.0.0.1' }), true],
    ['a sidecar’s', { initContainers: [{ ...port(80).containers[0], restartPolicy: 'Always' }] }, port(80), true],
    ['an init container’s', { initContainers: port(80).containers }, port(80), false],
  ])('%s', (_, wanted, taken, refused) => {
    expect(verdict(wanted, {}, [taken])?.reason).toBe(refused ? 'NodePorts' : undefined)
  })
})
