import { describe, expect, it } from '@jest/globals'
import {
  formatLabels,
  formatLabelSelector,
  formatSelector,
  matches,
  parseLabelSelector,
  selectorFromObject,
  validateLabelSelector,
} from './label-selector.ts'

describe('parseLabelSelector', () => {
  it.each([
    ['a=b', 'a=b'],
    ['a==b', 'a==b'],
    ['x in (c, b ,a),!y , z', 'x in (a,b,c),!y,z'],
    ['a notin (b)', 'a notin (b)'],
    ['', ''],
    ['in=in', 'in=in'],
    ['a=', 'a='],
    ['a in (,b)', 'a in (,b)'],
    ['n>5,m<3', 'm<3,n>5'],
    ['app.kubernetes.io/name!=web', 'app.kubernetes.io/name!=web'],
  ])('reads %p', (text, expected) => {
    expect(formatSelector(parseLabelSelector(text))).toBe(expected)
  })

  it.each([
    ['a b c', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b,,', "found ',', expected: identifier after ','"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a===b', "unable to parse requirement: found '=', expected: identifier"],
    ['a in ()', "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"],
  ])('refuses %p', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`))
  })
})

describe('matches', () => {
  it.each([
    ['a=b', { a: 'b' }, true],
    ['a!=b', {}, true],
    ['a notin (b,c)', { a: 'c' }, false],
    ['!a', { a: '' }, false],
    ['a', { a: '' }, true],
    ['n>5', { n: '10' }, true],
    ['n>5', { n: 'x' }, false],
    ['toString', {}, false],
  ])('decides %p on %j', (text, labels, expected) => {
    expect(matches(parseLabelSelector(text), labels as Record<string, string>)).toBe(expected)
  })

  it('selects nothing by an absent selector and everything by an empty one', () => {
    expect(matches(selectorFromObject(undefined), { a: 'b' })).toBe(false)
    expect(matches(selectorFromObject({}), { a: 'b' })).toBe(true)
  })
})

describe('selectors in tables', () => {
  it('are sorted by key', () => {
    expect(formatLabelSelector({ matchLabels: { b: '2', a: '1' }, matchExpressions: [{ key: 'aa', operator: 'Exists' }] })).toBe(
      'a=1,aa,b=2',
    )
    expect(formatLabels(undefined)).toBe('<none>')
  })
})

describe('validateLabelSelector', () => {
  it('names the expression', () => {
    expect(
      validateLabelSelector(
        {
          matchExpressions: [
            { key: 'a', operator: 'In' },
            { key: 'a', operator: 'Nah' },
          ],
        },
        'spec.selector',
      ),
    ).toEqual([
      {
        reason: 'FieldValueRequired',
        field: 'spec.selector.matchExpressions[0].values',
        message: "Required value: must be specified when `operator` is 'In' or 'NotIn'",
      },
      {
        reason: 'FieldValueInvalid',
        field: 'spec.selector.matchExpressions[1].operator',
        message: 'Invalid value: "Nah": not a valid selector operator',
      },
    ])
  })
})
