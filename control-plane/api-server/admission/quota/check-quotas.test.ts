import { describe, expect, it } from '@jest/globals'
import { ConfigMap } from '../../../../api/core/config-map.ts'
import { PersistentVolumeClaim } from '../../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../../api/core/pod.ts'
import { ResourceQuota } from '../../../../api/core/resource-quota.ts'
import { Service } from '../../../../api/core/service.ts'
import type { Kind, KubernetesObject } from '../../../../api/kind.ts'
import { evaluatorOf } from '../../../../api/quota/evaluators.ts'
import { stored } from '../../rbac/lookup-testing.ts'
import { checkQuotas } from './check-quotas.ts'

type Amounts = Record<string, string>
const now = new Date('2026-01-01T00:00:00Z')

const quota = (hard: Amounts, used: Amounts = {}, spec: object = {}): ResourceQuota => {
  const zeros = Object.fromEntries(Object.keys(hard).map(name => [name, '0']))
  return stored(ResourceQuota, 'q', { spec: { hard, ...spec }, status: { hard, used: { ...zeros, ...used } } })
}
const pod = (resources: object = {}, spec: object = {}): Pod =>
  stored(Pod, 'p', { spec: { containers: [{ name: 'c', image: 'x', resources }], ...spec }, status: {} })
const service = (spec: object): Service => stored(Service, 's', { spec })

const check = (quotas: readonly ResourceQuota[], kind: Kind, object: KubernetesObject, current?: KubernetesObject) => {
  const evaluator = evaluatorOf(kind)
  if (!evaluator) throw new Error('not counted')
  return checkQuotas(quotas, { evaluator, object, current, now })
}
const usedAfter = (quotas: readonly ResourceQuota[], kind: Kind, object: KubernetesObject, current?: KubernetesObject) => {
  const verdict = check(quotas, kind, object, current)
  return 'granted' in verdict ? verdict.granted.map(({ status }) => status.used) : verdict.refused
}

describe('what a request uses of a quota', () => {
  it.each<[string, Amounts, Kind, KubernetesObject, Amounts]>([
    ['a pod', { pods: '2', 'count/pods': '5' }, Pod, pod(), { pods: '1', 'count/pods': '1' }],
    [
      'requests and limits under all their names',
      { cpu: '1', 'requests.cpu': '1', 'limits.memory': '1Gi', 'limits.ephemeral-storage': '1Gi' },
      Pod,
      pod({ requests: { cpu: '250m', memory: '1Mi' }, limits: { memory: '512Mi', 'ephemeral-storage': '1Mi' } }),
      { cpu: '250m', 'requests.cpu': '250m', 'limits.memory': '512Mi', 'limits.ephemeral-storage': '1Mi' },
    ],
    [
      'extended resources and huge pages',
      { 'requests.example.com/gpu': '4', 'hugepages-2Mi': '1Gi', 'requests.hugepages-2Mi': '1Gi' },
      Pod,
      pod({ requests: { 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi' } }),
      { 'requests.example.com/gpu': '2', 'hugepages-2Mi': '4Mi', 'requests.hugepages-2Mi': '4Mi' },
    ],
    [
      'node ports of a service',
      { services: '5', 'services.nodeports': '5', 'services.loadbalancers': '1' },
      Service,
      service({ type: 'LoadBalancer', ports: [{ port: 1 }, { port: 2 }] }),
      { services: '1', 'services.nodeports': '2', 'services.loadbalancers': '1' },
    ],
    [
      'storage, by class too',
      { persistentvolumeclaims: '1', 'requests.storage': '1Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi' },
      PersistentVolumeClaim,
      stored(PersistentVolumeClaim, 'c', { spec: { storageClassName: 'gold', resources: { requests: { storage: '10Mi' } } }, status: {} }),
      { persistentvolumeclaims: '1', 'requests.storage': '10Mi', 'gold.storageclass.storage.k8s.io/requests.storage': '10Mi' },
    ],
    [
      'objects of any kind',
      { configmaps: '3', 'count/configmaps': '3' },
      ConfigMap,
      stored(ConfigMap, 'm'),
      { configmaps: '1', 'count/configmaps': '1' },
    ],
    [
      'a finished pod but its being there',
      { pods: '1', 'count/pods': '1' },
      Pod,
      { ...pod(), ...{ status: { phase: 'Failed' } } } as Pod,
      { pods: '0', 'count/pods': '1' },
    ],
  ])('is %s', (_, hard, kind, object, used) => {
    expect(usedAfter([quota(hard)], kind, object)).toEqual([used])
  })

  it('is only what an update adds', () => {
    const before = service({ type: 'ClusterIP', ports: [{ port: 1 }] })
    const after = service({ type: 'NodePort', ports: [{ port: 1 }] })
    expect(usedAfter([quota({ services: '1', 'services.nodeports': '1' }, { services: '1' })], Service, after, before)).toEqual([
      { services: '1', 'services.nodeports': '1' },
    ])
  })
})

describe('the scopes of a quota', () => {
  const cpu = { requests: { cpu: '1' } }
  const inScope = (scopeName: string, operator = 'Exists', values?: string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName, operator, ...(values ? { values } : {}) }] },
  })
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'k', namespaces: ['other'] }] } }
  it.each<[string, object, Pod, boolean]>([
    ['BestEffort', { scopes: ['BestEffort'] }, pod(), true],
    ['BestEffort', { scopes: ['BestEffort'] }, pod(cpu), false],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, pod(cpu), true],
    ['Terminating', { scopes: ['Terminating'] }, pod({}, { activeDeadlineSeconds: 5 }), true],
    ['Terminating', { scopes: ['Terminating'] }, pod(), false],
    ['NotTerminating', { scopes: ['NotTerminating'] }, pod(), true],
    ['PriorityClass exists', inScope('PriorityClass'), pod({}, { priorityClassName: 'high' }), true],
    ['PriorityClass exists', inScope('PriorityClass'), pod(), false],
    ['PriorityClass in', inScope('PriorityClass', 'In', ['high']), pod({}, { priorityClassName: 'high' }), true],
    ['PriorityClass in', inScope('PriorityClass', 'In', ['high']), pod({}, { priorityClassName: 'low' }), false],
    ['PriorityClass not in', inScope('PriorityClass', 'NotIn', ['high']), pod(), true],
    ['CrossNamespacePodAffinity', { scopes: ['CrossNamespacePodAffinity'] }, pod({}, { affinity }), true],
    ['CrossNamespacePodAffinity', { scopes: ['CrossNamespacePodAffinity'] }, pod(), false],
    ['all of several', { scopes: ['BestEffort', 'Terminating'] }, pod(), false],
  ])('%s of %j', (_, spec, object, counts) => {
    expect(usedAfter([quota({ pods: '5' }, {}, spec)], Pod, object)).toEqual([{ pods: counts ? '1' : '0' }])
  })
})

describe('a refusal', () => {
  it('names what is asked for, used and allowed of what does not suffice', () => {
    const quotas = [quota({ pods: '2', cpu: '1' }, { pods: '2', cpu: '500m' })]
    expect(usedAfter(quotas, Pod, pod({ requests: { cpu: '0.5' } }))).toBe(
      'exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    )
  })

  it('names the containers that do not say what the quota has to know', () => {
    const object = pod(
      {},
      {
        containers: [
          { name: 'b', resources: {} },
          { name: 'a', resources: { limits: { cpu: '1' } } },
        ],
      },
    )
    expect(usedAfter([quota({ 'limits.cpu': '5', memory: '1Gi', 'requests.example.com/gpu': '1' })], Pod, object)).toBe(
      'failed quota: q: must specify limits.cpu for: b; memory for: a,b',
    )
  })

  it('comes for a quota whose use has not been counted yet', () => {
    const fresh = stored(ResourceQuota, 'q', { spec: { hard: { pods: '1' } }, status: { hard: { pods: '1' } } })
    expect(usedAfter([fresh], Pod, pod())).toBe('status unknown for quota: q, resources: pods')
  })

  it('does not come for what is over the limit already in something else', () => {
    expect(usedAfter([quota({ pods: '5', services: '1' }, { services: '3' })], Pod, pod())).toEqual([{ pods: '1', services: '3' }])
  })
})
