import { describe, expect, it } from '@jest/globals'
import { CelError } from './cel-error.ts'
import { compileExpression } from './compile-expression.ts'
import { Meter } from './meter.ts'

const self = { x: 1, ratio: 1.5, name: 'web-1', l: [3, 1, 2], tags: { a: 'b' }, none: null, time: '2024-02-29T12:00:00Z' }
const value = (source: string) => compileExpression(source, ['self', 'oldSelf']).evaluate({ self, oldSelf: { x: 2 } })

function complaint(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof CelError) return error.message
    throw error
  }
  throw new Error('no error')
}

describe('compileExpression', () => {
  it.each<[string, unknown]>([
    // The language.
    ['self.x + 1', 2],
    ['self.x < self.ratio', true],
    ['dyn(self.x) == 1.0', true],
    ['uint(1) <= self.x', true],
    ['7 / 2', 3],
    ['7.0 / 2.0', 3.5],
    ['has(self.x) && !has(self.y)', true],
    ['has(self.none)', true],
    ['self.none == null', true],
    ['"a" in self.tags && !("c" in self.tags)', true],
    ['self.tags.all(key, self.tags[key] == "b")', true],
    ['self.l.exists(i, i == 3) && self.l.exists_one(i, i > 2)', true],
    ['self.l.filter(i, i > 1).map(i, i * 10)', [30, 20]],
    ['self.l == [3, 1, 2]', true],
    ['self.?y.orValue(5)', 5],
    ['self.?tags.?a.hasValue()', true],
    ['self.l.exists(i, self.missing == i) || true', true],
    ['type(self.x) == int && type(self.ratio) == double', true],
    ['self.x == 1 ? "one" : "other"', 'one'],
    ['cel.bind(twice, self.x * 2, twice + twice)', 4],
    ['duration("90m") > duration("1h") && duration("1h30m") == duration("90m")', true],
    ['timestamp(self.time).getDayOfMonth()', 28],
    ['timestamp(self.time) + duration("24h") == timestamp("2024-03-01T12:00:00Z")', true],
    ['string(timestamp(self.time))', '2024-02-29T12:00:00Z'],
    ['int("7") + int(1.9)', 8],
    ['{"a": [1, 2u, 3.5]}', { a: [1, 2, 3.5] }],
    ['oldSelf.x - self.x', 1],
    // Texts.
    ['self.name.startsWith("web-") && self.name.endsWith("1") && self.name.contains("b-")', true],
    ['self.name.matches("^[a-z]+-[0-9]+$")', true],
    ['"aAbB".matches("(?i)^AABB$")', true],
    ['"abc 123 45".find("[0-9]+")', '123'],
    ['"abc 123 45".findAll("[0-9]+")', ['123', '45']],
    ['"1 2 3".findAll("[0-9]", 2)', ['1', '2']],
    ['"a,b,c".split(",").join("-")', 'a-b-c'],
    ['"hello".indexOf("l") + "hello".lastIndexOf("l")', 5],
    ['"hello".charAt(1) + "hello".substring(1, 3) + "hello".reverse()', 'eelolleh'],
    ['" Ab ".trim().lowerAscii().upperAscii()', 'AB'],
    ['"aaa".replace("a", "b", 2) + "aaa".replace("a", "c")', 'bbaccc'],
    ['"%s has %d of %.2f%%, %x".format([self.name, 3, 1.5, 255])', 'web-1 has 3 of 1.50%, ff'],
    // Lists and sets.
    ['[1, 2, 2].isSorted() && !self.l.isSorted()', true],
    ['self.l.sum() + self.l.min() + self.l.max()', 10],
    ['[duration("1s"), duration("2s")].sum() == duration("3s")', true],
    ['self.l.indexOf(1) + self.l.lastIndexOf(9)', 0],
    ['[1, 2, 1].distinct()', [1, 2]],
    ['self.l.sort() + self.l.slice(0, 1)', [1, 2, 3, 3]],
    ['sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 3])', true],
    // Kubernetes' own types.
    ['quantity("1Gi").compareTo(quantity("1024Mi"))', 0],
    ['quantity("1.5").isInteger() || quantity("2k").asInteger() == 2000', true],
    ['quantity("50k").add(quantity("20k")).sub(20000) == quantity("50k") && !isQuantity("x")', true],
    ['isURL("https://example.com:80/") && !isURL("example")', true],
    ['url("https://user@[::1]:8080/a%20b?k=v1&k=v2").getHostname()', '::1'],
    ['url("https://example.com:8080/p?k=v1&k=v2").getQuery()["k"]', ['v1', 'v2']],
    ['url("https://example.com:8080/p").getScheme() + url("https://example.com:8080/p").getPort()', 'https8080'],
    ['ip("10.1.2.3").family() + ip("fe80::1").family()', 10],
    ['ip("127.0.0.1").isLoopback() && ip("fe80::1").isLinkLocalUnicast() && ip("8.8.8.8").isGlobalUnicast()', true],
    ['ip.isCanonical("::1") && !ip.isCanonical("0:0::1") && !isIP("::ffff:1.2.3.4")', true],
    ['cidr("10.0.0.0/8").containsIP("10.1.1.1") && !cidr("10.0.0.0/8").containsCIDR("11.0.0.0/16")', true],
    ['string(cidr("192.168.1.7/24").masked())', '192.168.1.0/24'],
    ['semver("1.2.3-rc.1").isLessThan(semver("1.2.3")) && semver("1.10.0").minor() == 10', true],
    ['isSemver("v1.2") || isSemver("v1.2", true)', true],
    ['format.dns1123Label().validate("web-1").hasValue()', false],
    ['format.named("uuid").value().validate("x").value()', ['does not match the UUID format']],
  ])('gives %s', (source, expected) => {
    expect(value(source)).toEqual(expected)
  })

  it('says what an expression gives and which variables it reads', () => {
    const program = compileExpression('self.x > oldSelf.x', ['self', 'oldSelf'])
    expect(program.resultType).toBe('bool')
    expect([...program.uses].sort()).toEqual(['oldSelf', 'self'])
    expect(compileExpression('["a"]', ['self']).resultType).toBe('list(string)')
  })

  it.each([
    ['object.x', "ERROR: <input>:1:1: undeclared reference to 'object' (in container '')\n | object.x\n | ^"],
    ['true &&\n nope', "ERROR: <input>:2:2: undeclared reference to 'nope' (in container '')\n |  nope\n | .^"],
    ['frob(self)', "ERROR: <input>:1:5: undeclared reference to 'frob' (in container '')\n | frob(self)\n | ....^"],
    ['"a" + 1', "ERROR: <input>:1:5: found no matching overload for '_+_' applied to '(string, int)'\n | \"a\" + 1\n | ....^"],
    ['!1', "ERROR: <input>:1:1: found no matching overload for '!_' applied to '(int)'\n | !1\n | ^"],
    [
      '"a".matches(1)',
      "ERROR: <input>:1:12: found no matching overload for 'matches' applied to 'string.(int)'\n | \"a\".matches(1)\n | ...........^",
    ],
    ['self.x >', 'ERROR: <input>:1:9: Syntax error: Unexpected token: EOF\n | self.x >\n | ........^'],
  ])('refuses %s', (source, expected) => {
    expect(complaint(() => compileExpression(source, ['self']))).toBe(`compilation failed: ${expected}`)
  })

  it.each([
    ['self.y', 'no such key: y'],
    ['self.l[7]', 'index out of bounds: 7'],
    ['self.x + self.name', 'no such overload'],
    ['1 / (self.x - 1)', 'division by zero'],
    ['self.?y.value()', 'optional.none() dereference'],
    ['[].min()', 'min called on empty list'],
    ['self.name.matches("[")', 'error parsing regexp: missing closing ]: `[`'],
    ['quantity("x").isInteger()', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ])('has no value for %s', (source, expected) => {
    expect(complaint(() => value(source))).toBe(expected)
  })

  it('stops when macros look at more elements than the meter allows, even inside a disjunction', () => {
    const list = Array.from({ length: 50 }, (_, index) => index)
    const nested = compileExpression('self.exists(a, self.exists(b, self.exists(c, a + b + c < 0))) || true', ['self'])
    expect(complaint(() => nested.evaluate({ self: list }, new Meter(10_000)))).toBe('operation cancelled: actual cost limit exceeded')
    expect(nested.evaluate({ self: list })).toBe(true)
  })

  it('shares a meter between expressions', () => {
    const meter = new Meter(5)
    const program = compileExpression('self.all(x, x > 0)', ['self'])
    expect(program.evaluate({ self: [1, 2, 3] }, meter)).toBe(true)
    expect(complaint(() => program.evaluate({ self: [1, 2, 3] }, meter))).toBe('operation cancelled: actual cost limit exceeded')
  })

  it('treats keys as data, whatever they are called', () => {
    const program = compileExpression('self["constructor"] == "x" && !("toString" in self) && has(self.__proto)', ['self'])
    expect(program.evaluate({ self: JSON.parse('{"constructor": "x", "__proto": 1}') })).toBe(true)
  })
})
