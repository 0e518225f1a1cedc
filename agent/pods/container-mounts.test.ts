import { describe, expect, it } from '@jest/globals'
import type { VolumeMount } from '../../api/core/container.ts'
import { volumeMounts } from './container-mounts.ts'

const sources = new Map([
  ['v', { volume: 'uid_v' }],
  ['filled', { volume: 'uid_filled', readOnly: true }],
  ['h', { hostPath: '/host' }],
])
const mount = (mount: Partial<VolumeMount>, recursiveReadOnlyMounts = false) =>
  volumeMounts(
    { volumeMounts: [{ name: 'v', mountPath: '/m', ...mount }] },
    {
      sources,
      environment: new Map([
        ['POD', 'web'],
        ['EMPTY', ''],
      ]),
      recursiveReadOnlyMounts,
    },
  )[0]

describe('the mounts of a container', () => {
  it.each<[string, Partial<VolumeMount>, object]>([
    ['a volume', {}, { volume: 'uid_v', readOnly: false }],
    ['a relative path', { mountPath: 'm' }, { target: '/m' }],
    ['what kubelet fills', { name: 'filled' }, { volume: 'uid_filled', readOnly: true }],
    ['a part', { subPath: 'a/b' }, { subPath: 'a/b' }],
    ['a part by an expression', { subPathExpr: '$(POD)/$$(POD)' }, { subPath: 'web/$(POD)' }],
    ['a part of a host path', { name: 'h', subPath: 'a' }, { hostPath: '/host', subPath: 'a' }],
    ['a propagation', { mountPropagation: 'HostToContainer' }, { propagation: 'HostToContainer' }],
  ])('have %s', (_, given, expected) => {
    expect(mount(given)).toMatchObject(expected)
  })

  it.each<[string, Partial<VolumeMount>]>([
    ['missing value for EMPTY, NONE', { subPathExpr: '$(NONE)/$(EMPTY)' }],
    ['error SubPath `/etc` must not be an absolute path', { subPath: '/etc' }],
    ["unable to provision SubPath `a/../b`: must not contain '..'", { subPath: 'a/../b' }],
    [
      'failed to resolve recursive read-only mode: volume "v" requested recursive read-only mode, but it is not supported by the runtime',
      { readOnly: true, recursiveReadOnly: 'Enabled' },
    ],
    [
      'failed to resolve recursive read-only mode: volume "v" requested recursive read-only mode, but it is not read-only',
      { recursiveReadOnly: 'Enabled' },
    ],
  ])('are refused: %s', (message, given) => {
    expect(() => mount(given)).toThrow(message)
  })

  it.each<[NonNullable<VolumeMount['recursiveReadOnly']>, boolean, true | undefined]>([
    ['Disabled', true, undefined],
    ['IfPossible', false, undefined],
    ['IfPossible', true, true],
    ['Enabled', true, true],
  ])('are recursively read-only with %s where that is possible (%s): %s', (recursiveReadOnly, possible, expected) => {
    expect(mount({ readOnly: true, recursiveReadOnly }, possible)?.recursiveReadOnly).toBe(expected)
  })
})
