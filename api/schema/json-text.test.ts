import { describe, expect, it } from '@jest/globals'
import { DecodeError } from './decode-error.ts'
import { parseJson, repeatedFields } from './json-text.ts'

describe('parseJson', () => {
  it.each([
    ['{"apiVersion":"v1","kind":"Pod",', 'unexpected end of JSON input'],
    ['', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', `invalid character '1' after object key`],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['tru3', "invalid character '3' in literal true (expecting 'e')"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['01', "invalid character '1' after top-level value"],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
  ])('says what is wrong with %p', (text, message) => {
    expect(() => parseJson(text)).toThrow(new DecodeError(message))
  })

  it('refuses nesting bombs', () => {
    expect(() => parseJson('['.repeat(5000) + ']'.repeat(5000))).toThrow('exceeded max depth')
    expect(() => parseJson('['.repeat(500_000))).toThrow('exceeded max depth')
    expect(parseJson(JSON.stringify('{['.repeat(5000)))).toBe('{['.repeat(5000))
  })
})

describe('repeatedFields', () => {
  it.each([
    ['{"a":{"b":1,"b":2},"c":[{"d":1,"d":2}]}', ['a.b', 'c[0].d']],
    ['{"a":"x:\\"y\\\\","b":":"}', []],
    ['{"a":1,"a":1,"a":1}', ['a', 'a']],
  ])('finds those of %s', (text, expected) => {
    expect(repeatedFields(text, parseJson(text)).repeated.map(({ field }) => field)).toEqual(expected)
  })
})
