import { describe, expect, it } from '@jest/globals'
import { parseYaml } from './yaml-text.ts'

describe('parseYaml', () => {
  it('reads what is as deep as objects are', () => {
    const nested = Array.from({ length: 80 }, (_, depth) => `${'  '.repeat(depth)}a:`).join('\n')
    expect(JSON.stringify(parseYaml(`${nested} 1\n`).value)).toBe(`${'{"a":'.repeat(80)}1${'}'.repeat(80)}`)
    expect(parseYaml(`a: "${'['.repeat(2000)}"\nb: |\n  ${'{'.repeat(2000)}\n`).value).toEqual({
      a: '['.repeat(2000),
      b: `${'{'.repeat(2000)}\n`,
    })
  })

  it('takes the last of keys that stand twice, and says which those are', () => {
    const text = 'a: 1\nb:\n  - c: x\n    c: y\na: 2\nb: null\n'
    expect(parseYaml(text)).toEqual({
      value: { a: 2, b: null },
      repeated: ['line 4: key "c" already set in map', 'line 5: key "a" already set in map', 'line 6: key "b" already set in map'],
    })
    expect(parseYaml('{"a": 1, "a": 2}')).toEqual({ value: { a: 2 }, repeated: ['line 1: key "a" already set in map'] })
  })

  const bombs: Record<string, string> = {
    'maps in one line': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    'lists in one line': '['.repeat(1_000_000),
    'lists by dashes': `${'- '.repeat(100_000)}1`,
    'maps by question marks': `${'? '.repeat(100_000)}1`,
    'maps by indentation': Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  }
  for (const [name, text] of Object.entries(bombs)) {
    it(`refuses nesting without end: ${name}`, () => {
      expect(() => parseYaml(text)).toThrow('exceeded max depth')
    })
  }

  it('refuses aliases that grow without end', () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
    for (let at = 1; at < 9; at++) lines.push(`a${at}: &a${at} [${Array.from({ length: 10 }, () => `*a${at - 1}`).join()}]`)
    expect(() => parseYaml(lines.join('\n'))).toThrow('alias')
  })
})
