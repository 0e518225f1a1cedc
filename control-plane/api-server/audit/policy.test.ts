import { describe, expect, it } from '@jest/globals'
import type { Attributes, User } from '../interfaces.ts'
import { createPolicyEvaluator, type Policy, type PolicyRule } from './policy.ts'
import { parsePolicy } from './read-policy.ts'

const policyOf = (rules: readonly PolicyRule[], more: Partial<Policy> = {}): Policy => ({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  rules: [...rules],
  ...more,
})

const jane: User = { name: 'jane', groups: ['developers', 'system:authenticated'] }
const resource = (more: Partial<Extract<Attributes, { type: 'resource' }>> = {}): Attributes => ({
  type: 'resource',
  verb: 'get',
  group: '',
  version: 'v1',
  resource: 'pods',
  namespace: 'default',
  name: 'web',
  ...more,
})
const path = (path: string): Attributes => ({ type: 'path', verb: 'get', path })

describe('the level of a request', () => {
  const rows: [string, Omit<PolicyRule, 'level'>, Attributes, boolean][] = [
    ['everything', {}, resource(), true],
    ['everything, paths too', {}, path('/version'), true],
    ['a user', { users: ['jane'] }, resource(), true],
    ['another user', { users: ['joe'] }, resource(), false],
    ['one of the groups', { userGroups: ['admins', 'developers'] }, resource(), true],
    ['no group of theirs', { userGroups: ['admins'] }, resource(), false],
    ['a verb', { verbs: ['get', 'list'] }, resource(), true],
    ['another verb', { verbs: ['list'] }, resource(), false],
    ['no verb of that name', { verbs: ['*'] }, resource(), false],
    ['a namespace', { namespaces: ['default'] }, resource(), true],
    ['another namespace', { namespaces: ['kube-system'] }, resource(), false],
    ['no namespace', { namespaces: [''] }, resource({ resource: 'nodes', namespace: '' }), true],
    ['a namespace, of a path', { namespaces: [''] }, path('/version'), false],
    ['a group', { resources: [{ group: '' }] }, resource(), true],
    ['the core group when none is said', { resources: [{ resources: ['pods'] }] }, resource(), true],
    ['another group', { resources: [{ group: 'apps' }] }, resource(), false],
    ['a resource, of a part of it', { resources: [{ resources: ['pods'] }] }, resource({ subresource: 'log' }), false],
    ['a part', { resources: [{ resources: ['pods/log'] }] }, resource({ subresource: 'log' }), true],
    ['all parts', { resources: [{ resources: ['pods/*'] }] }, resource({ subresource: 'log' }), true],
    ['all parts, of the resource', { resources: [{ resources: ['pods/*'] }] }, resource(), true],
    ['a part of anything', { resources: [{ resources: ['*/status'] }] }, resource({ subresource: 'status' }), true],
    ['another part of anything', { resources: [{ resources: ['*/status'] }] }, resource({ subresource: 'log' }), false],
    ['all resources', { resources: [{ resources: ['*'] }] }, resource({ subresource: 'log' }), true],
    ['a name', { resources: [{ resources: ['pods'], resourceNames: ['web'] }] }, resource(), true],
    ['another name', { resources: [{ resources: ['pods'], resourceNames: ['db'] }] }, resource(), false],
    ['a path', { nonResourceURLs: ['/version'] }, path('/version'), true],
    ['what is below a path', { nonResourceURLs: ['/healthz*'] }, path('/healthz/ping'), true],
    ['another path', { nonResourceURLs: ['/healthz/*'] }, path('/version'), false],
    ['all paths', { nonResourceURLs: ['*'] }, path('/version'), true],
    ['all paths, of a resource', { nonResourceURLs: ['*'] }, resource(), false],
  ]
  it.each(rows)('is that of a rule about %s', (_, rule, attributes, expected) => {
    const { level } = createPolicyEvaluator(policyOf([{ level: 'Metadata', ...rule }]))(jane, attributes)
    expect(level).toBe(expected ? 'Metadata' : 'None')
  })

  it('is that of the first rule that the request meets', () => {
    const evaluate = createPolicyEvaluator(policyOf([{ level: 'None', users: ['jane'] }, { level: 'Request' }]))
    expect(evaluate(jane, resource()).level).toBe('None')
    expect(evaluate({ name: 'joe', groups: [] }, resource()).level).toBe('Request')
  })

  it('is no rule about users where nobody knows who it is', () => {
    const evaluate = createPolicyEvaluator(policyOf([{ level: 'Request', userGroups: ['system:authenticated'] }, { level: 'Metadata' }]))
    expect(evaluate(undefined, resource()).level).toBe('Metadata')
  })

  it('comes with the stages of policy and rule, and whether managed fields are left out', () => {
    const evaluate = createPolicyEvaluator(
      policyOf(
        [
          { level: 'Request', verbs: ['get'], omitStages: ['Panic'], omitManagedFields: false },
          { level: 'Request', verbs: ['list'] },
        ],
        { omitStages: ['RequestReceived'], omitManagedFields: true },
      ),
    )
    const get = evaluate(jane, resource())
    expect([...get.omitStages]).toEqual(['RequestReceived', 'Panic'])
    expect(get.omitManagedFields).toBe(false)
    const list = evaluate(jane, resource({ verb: 'list' }))
    expect([...list.omitStages]).toEqual(['RequestReceived'])
    expect(list.omitManagedFields).toBe(true)
  })
})

describe('a policy file', () => {
  const head = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'

  it('is read from YAML', () => {
    const policy = parsePolicy(`${head}omitStages: [RequestReceived]\nrules:\n- level: Metadata\n  resources:\n  - resources: [secrets]\n`)
    expect(policy.rules).toEqual([{ level: 'Metadata', resources: [{ resources: ['secrets'] }] }])
    expect(policy.omitStages).toEqual(['RequestReceived'])
  })

  it.each([
    ['kind: Policy\nrules: [{level: None}]', 'unknown group version field , Kind=Policy in policy'],
    [`${head}rules: []`, 'loaded illegal policy with 0 rules'],
    [
      `${head}rules: [{level: All}]`,
      'rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse"',
    ],
    [`${head}rules: [{users: [a]}]`, 'rules[0].level: Required value'],
    [`${head}rules: [{level: None, verb: [get]}]`, 'failed decoding: strict decoding error: unknown field "rules[0].verb"'],
    [
      `${head}rules: [{level: None, nonResourceURLs: [version]}]`,
      'rules[0].nonResourceURLs[0]: Invalid value: "version": non-resource URL rules must begin with a \'/\' character',
    ],
    [`${head}rules: [{level: None, nonResourceURLs: ['/a*b']}]`, "wildcards '*' must be the final character of the rule"],
    [
      `${head}rules: [{level: None, nonResourceURLs: ['/a'], namespaces: [b]}]`,
      'rules cannot apply to both regular resources and non-resource URLs',
    ],
    [
      `${head}rules: [{level: None, resources: [{resourceNames: [a]}]}]`,
      'rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource',
    ],
    [`${head}rules: [{level: None, resources: [{group: apps/v1}]}]`, 'rules[0].resources.group: Invalid value: "apps/v1"'],
    [`${head}rules: [{level: None, omitStages: [End]}]`, 'allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic'],
    [`${head}rules: {}`, 'failed decoding: '],
    ['[', 'failed decoding: '],
  ])('is refused when it is %j', (text, message) => {
    expect(() => parsePolicy(text)).toThrow(message)
  })
})
