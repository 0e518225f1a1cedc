import { describe, expect, it } from '@jest/globals'
import { valueInFile } from './environment-file.ts'

const file = `# a comment
ONE='1'

  TWO = 'two words'  
HASH='# no comment'
LINES='first
second'
DOLLAR='$ONE'
EMPTY=''
`

describe('valueInFile', () => {
  it.each([
    ['ONE', '1'],
    ['TWO', 'two words'],
    ['HASH', '# no comment'],
    ['LINES', 'first\nsecond'],
    ['DOLLAR', '$ONE'],
    ['EMPTY', ''],
    ['NONE', undefined],
    ['second', undefined],
  ])('finds %s', (key, value) => {
    expect(valueInFile(Buffer.from(file), key)).toBe(value)
  })

  it.each(['A=unquoted\n', 'A="double"\n', "A='open\n", 'just words\n', "='x'\n", "A='x' y\n"])(
    'refuses %j before what it looks for',
    text => {
      expect(() => valueInFile(Buffer.from(`${text}B='b'\n`), 'B')).toThrow("couldn't parse env file")
    },
  )

  it('reads a last line without an end, and no further than it has to', () => {
    expect(valueInFile(Buffer.from("A='a'"), 'A')).toBe('a')
    expect(valueInFile(Buffer.from("A='a'\nnot a variable"), 'A')).toBe('a')
    expect(() => valueInFile(undefined, 'A')).toThrow("couldn't parse env file")
  })
})
