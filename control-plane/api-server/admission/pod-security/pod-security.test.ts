import { describe, expect, it } from '@jest/globals'
import { Deployment } from '../../../../api/apps/deployment.ts'
import { Namespace } from '../../../../api/core/namespace.ts'
import { Pod } from '../../../../api/core/pod.ts'
import type { Kind, KubernetesObject } from '../../../../api/kind.ts'
import type { AdmissionContext } from '../../interfaces.ts'
import { lookupOf, stored } from '../../rbac/lookup-testing.ts'
import { podSecurity } from './pod-security.ts'
import { describeViolations, policiesOf, violationsOf, type Policy } from './policy.ts'

const pod = (container: object = {}, spec: object = {}, metadata: object = {}): Pod =>
  stored(Pod, 'p', { metadata, spec: { containers: [{ name: 'c', image: 'x', ...container }], ...spec } })
const secured = (securityContext: object) => pod({ securityContext })
const good = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
}
const violations = (level: Policy['level'], object: Pod, version: Policy['version'] = 'latest') =>
  describeViolations(violationsOf({ level, version }, object))

describe('the baseline', () => {
  it.each<[Pod, string]>([
    [pod(), ''],
    [secured({ privileged: true }), 'privileged (container "c" must not set securityContext.privileged=true)'],
    [pod({}, { hostNetwork: true, hostIPC: true, hostPID: true }), 'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)'],
    [pod({}, { volumes: [{ name: 'v', hostPath: { path: '/' } }] }), 'hostPath volumes (volume "v")'],
    [
      pod({
        ports: [
          { containerPort: 1, hostPort: 8080 },
          { containerPort: 2, hostPort: 80 },
        ],
      }),
      'hostPort (container "c" uses hostPorts 80, 8080)',
    ],
    [
      secured({ capabilities: { add: ['NET_RAW', 'CHOWN'] } }),
      'non-default capabilities (container "c" must not include "NET_RAW" in securityContext.capabilities.add)',
    ],
    [
      secured({ appArmorProfile: { type: 'Unconfined' } }),
      'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ],
    [
      pod({}, { securityContext: { seccompProfile: { type: 'Unconfined' } } }),
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [secured({ procMount: 'Unmasked' }), 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
    [pod({ securityContext: { procMount: 'Unmasked' } }, { hostUsers: false }), ''],
    [
      secured({ seLinuxOptions: { type: 'own', user: 'u' } }),
      'seLinuxOptions (container "c" set forbidden securityContext.seLinuxOptions: type "own"; user may not be set)',
    ],
    [pod({}, { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }), 'forbidden sysctl (kernel.msgmax)'],
    [
      secured({ windowsOptions: { hostProcess: true } }),
      'hostProcess (container "c" must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      pod({ livenessProbe: { httpGet: { port: 1, host: 'other' } } }),
      'probe or lifecycle host (container "c" uses probe or lifecycle host "other")',
    ],
  ])('of %j', (object, expected) => {
    expect(violations('baseline', object)).toBe(expected)
  })

  it('is what it was in the version asked for', () => {
    const sysctl = pod({}, { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } })
    expect([31, 32, 'latest'].map(version => violations('baseline', sysctl, version as Policy['version']))).toEqual([
      'forbidden sysctl (net.ipv4.tcp_rmem)',
      '',
      '',
    ])
  })
})

describe('the restricted level', () => {
  it('demands of every container what upstream does', () => {
    expect(violations('restricted', pod())).toBe(
      'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    )
  })

  it.each<[Pod, string]>([
    [secured(good), ''],
    [secured({ ...good, runAsUser: 0 }), 'runAsUser=0 (container "c" must not set runAsUser=0)'],
    [
      secured({ ...good, capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
      'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      pod(
        { securityContext: good },
        {
          volumes: [
            { name: 'a', hostPath: {} },
            { name: 'b', nfs: {} },
            { name: 'c', emptyDir: {} },
          ],
        },
      ),
      'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
    ],
    [
      pod({ securityContext: { ...good, runAsNonRoot: false } }, { securityContext: { runAsNonRoot: false } }),
      'runAsNonRoot != true (pod and container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    [pod({ securityContext: { runAsNonRoot: true } }, { os: { name: 'windows' } }), ''],
  ])('of %j', (object, expected) => {
    expect(violations('restricted', object)).toBe(expected)
  })
})

describe('the labels of a namespace', () => {
  const label = (mode: string) => `pod-security.kubernetes.io/${mode}`

  it('say how strict, by which version', () => {
    const labels = { [label('enforce')]: 'baseline', [label('enforce-version')]: 'v1.24', [label('warn')]: 'restricted' }
    expect(policiesOf(labels)).toEqual({
      errors: [],
      policies: {
        enforce: { level: 'baseline', version: 24 },
        audit: { level: 'privileged', version: 'latest' },
        warn: { level: 'restricted', version: 'latest' },
      },
    })
  })

  const namespace = (labels: object, name = 'default') => stored(Namespace, name, { metadata: { labels } })
  const validate = (kind: Kind, object: KubernetesObject, options: Partial<AdmissionContext> & { stored?: KubernetesObject[] } = {}) => {
    const warnings: string[] = []
    const { stored: objects = [], ...changes } = options
    const context: AdmissionContext = {
      kind,
      verb: 'create',
      namespace: kind.namespaced ? 'default' : '',
      name: object.metadata.name,
      object,
      user: { name: 'alice', groups: [] },
      dryRun: false,
      warn: text => warnings.push(text),
      ...changes,
    }
    void podSecurity(lookupOf(...objects)).validate?.(context)
    return warnings
  }
  const baseline = namespace({ [label('enforce')]: 'baseline' })

  it('keep pods out', () => {
    expect(() => validate(Pod, secured({ privileged: true }), { stored: [baseline] })).toThrow(
      'pods "p" is forbidden: violates PodSecurity "baseline:latest": privileged (container "c" must not set securityContext.privileged=true)',
    )
  })

  it('warn of what pods of a workload would break, and let it in', () => {
    const { spec } = secured({ privileged: true })
    const deployment = stored(Deployment, 'd', { spec: { template: { spec } } })
    const warned = namespace({ [label('enforce')]: 'baseline', [label('warn')]: 'baseline' })
    expect(validate(Deployment, deployment, { stored: [warned] })).toEqual([
      'would violate PodSecurity "baseline:latest": privileged (container "c" must not set securityContext.privileged=true)',
    ])
    expect(validate(Deployment, deployment, { stored: [baseline] })).toEqual([])
  })

  it('do not matter to updates that change nothing of it', () => {
    const current = secured({ privileged: true })
    const object = { ...current, spec: { ...current.spec, containers: [{ ...current.spec.containers[0], image: 'y' }] } } as Pod
    expect(validate(Pod, object, { verb: 'update', current, stored: [baseline] })).toEqual([])
  })

  it('have to make sense', () => {
    expect(() => validate(Namespace, namespace({ [label('enforce')]: 'strict' }))).toThrow(
      'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    )
  })

  it('tell whoever tightens them which pods are there that would not come in', () => {
    const bad = ['b', 'a', 'c'].map(name => ({ ...pod({}, { hostPID: true }), metadata: { ...pod().metadata, name } }))
    const current = namespace({})
    expect(validate(Namespace, baseline, { verb: 'update', current, stored: [...bad, secured(good)] })).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 2 other pods): host namespaces',
    ])
  })
})
