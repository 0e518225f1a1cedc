import { describe, expect, it } from '@jest/globals'
import { isEngineFile } from './image-volume.ts'
import { readOnlyOptions } from './mounts.ts'

describe('mounts of Docker', () => {
  it.each([
    [{ readOnly: true }, true, { ReadOnlyNonRecursive: true }],
    [{ readOnly: true, recursiveReadOnly: true }, true, {}],
    [{ readOnly: true }, false, {}],
    [{ readOnly: false }, true, {}],
  ])('of %j by an engine that can (%s) be %j', (mount, engineCan, expected) => {
    expect(readOnlyOptions({ target: '/m', volume: 'v', ...mount }, engineCan)).toEqual(expected)
  })
})

describe('the files of an image', () => {
  it.each([
    ['.dockerenv', 0, undefined, true],
    ['etc/hosts', 0, undefined, true],
    ['etc/hosts', 20, undefined, false],
    ['etc/mtab', 0, '/proc/mounts', true],
    ['etc/passwd', 0, undefined, false],
  ])('%s of %s bytes, a link to %s, is the engine’s: %s', (name, size, linkname, expected) => {
    expect(isEngineFile({ name, size, ...(linkname === undefined ? {} : { linkname }) })).toBe(expected)
  })
})
