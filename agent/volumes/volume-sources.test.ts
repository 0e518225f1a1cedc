import { describe, expect, it } from '@jest/globals'
import { SimulatedRuntime } from '../runtime/simulated-runtime.ts'
import { emptyDir } from './empty-dir.ts'
import { checkHostPath } from './host-path.ts'
import { selectFiles } from './volume-source.ts'

describe('emptyDir', () => {
  const mi = 2 ** 20
  it.each([
    ['on disk', {}, {}, { mode: 0o777 }],
    [
      'of its own limit',
      { medium: 'Memory', sizeLimit: '8Mi' },
      { pod: '32Mi', node: '1Gi' },
      { mode: 0o1777, memory: { sizeBytes: 8 * mi } },
    ],
    [
      'of the pod’s limit',
      { medium: 'Memory', sizeLimit: '64Mi' },
      { pod: '32Mi', node: '1Gi' },
      { mode: 0o1777, memory: { sizeBytes: 32 * mi } },
    ],
    ['of the node’s memory', { medium: 'Memory' }, { node: '1Gi' }, { mode: 0o1777, memory: { sizeBytes: 1024 * mi } }],
    ['without any limit', { medium: 'Memory' }, {}, { mode: 0o1777, memory: { sizeBytes: 0 } }],
  ])('is %s', (_, source, limits, expected) => {
    expect(emptyDir(source, limits)).toEqual(expected)
  })
})

describe('hostPath', () => {
  const hostPaths = { '/dir': 'Directory', '/file': 'File', '/sock': 'Socket', '/chr': 'CharDevice', '/blk': 'BlockDevice' } as const
  it.each([
    ['/dir', 'Directory', undefined],
    ['/dir', 'DirectoryOrCreate', undefined],
    ['/new', 'DirectoryOrCreate', undefined],
    ['/new', '', undefined],
    ['/file', '', undefined],
    ['/file', 'FileOrCreate', undefined],
    ['/new', 'FileOrCreate', undefined],
    ['/sock', 'Socket', undefined],
    ['/chr', 'CharDevice', undefined],
    ['/blk', 'BlockDevice', undefined],
    ['/new', 'Directory', 'hostPath type check failed: /new is not a directory'],
    ['/file', 'DirectoryOrCreate', 'hostPath type check failed: /file is not a directory'],
    ['/dir', 'File', 'hostPath type check failed: /dir is not a file'],
    ['/dir', 'FileOrCreate', 'hostPath type check failed: /dir is not a file'],
    ['/file', 'Socket', 'hostPath type check failed: /file is not a socket file'],
    ['/blk', 'CharDevice', 'hostPath type check failed: /blk is not a character device'],
    ['/chr', 'BlockDevice', 'hostPath type check failed: /chr is not a block device'],
  ])('%s as %s', async (path, type, problem) => {
    const checked = checkHostPath({ path, type }, new SimulatedRuntime({ hostPaths }))
    if (problem === undefined) await checked
    else await expect(checked).rejects.toThrow(problem)
  })
})

describe('the keys of a ConfigMap or Secret', () => {
  const data = new Map([
    ['a', Buffer.from('1')],
    ['b', Buffer.from('2')],
  ])
  const shown = (selection: Omit<Parameters<typeof selectFiles>[1], 'what'>, what = 'configmap') =>
    selectFiles(data, { ...selection, what }).map(({ path, content, mode }) => `${path}=${content.toString()} ${mode.toString(8)}`)
  it.each([
    ['all under their names', {}, ['a=1 644', 'b=2 644']],
    ['with the mode of the volume', { defaultMode: 0o400 }, ['a=1 400', 'b=2 400']],
    ['where items want them', { items: [{ key: 'b', path: 'x/y', mode: 0o600 }] }, ['x/y=2 600']],
    ['without what may be missing', { items: [{ key: 'c', path: 'c' }], optional: true }, []],
  ])('are shown %s', (_, selection, expected) => {
    expect(shown(selection)).toEqual(expected)
  })
  it('are named when they are missing', () => {
    const selection = { items: [{ key: 'c', path: 'c' }] }
    expect(() => shown(selection)).toThrow('configmap references non-existent config key: c')
    expect(() => shown(selection, 'secret')).toThrow('references non-existent secret key: c')
  })
})
