import { describe, expect, it } from '@jest/globals'
import { Pod } from './pod.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'

function errors(spec: object): string[] {
  const json = {
    metadata: { name: 'p', namespace: 'default' },
    spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'x' }], ...spec },
  }
  const pod = withDefaults(Pod.schema, decode(Pod.schema, json).value)
  return (Pod.validate?.(Pod.applyDefaults?.(pod) ?? pod) ?? []).map(({ field, message }) => `${field}: ${message}`)
}
const container = (properties: object) => ({ containers: [{ name: 'c', image: 'x', ...properties }] })
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] })

const cases: readonly (readonly [string, object, readonly unknown[]])[] = [
  [
    'requests above limits',
    container({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1500m', memory: '2Gi' } } }),
    [
      'spec.containers[0].resources.requests: Invalid value: "1500m": must be less than or equal to cpu limit of 1',
      'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
    ],
  ],
  [
    'negative amounts',
    container({ resources: { requests: { cpu: '-1' } } }),
    ['spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'unknown resources',
    container({ resources: { requests: { gpu: '1' } } }),
    [
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
    ],
  ],
  [
    'extended resources that are not limited',
    container({ resources: { requests: { 'example.com/gpu': '1' } } }),
    ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources'],
  ],
  [
    'huge pages alone',
    container({ resources: { limits: { 'hugepages-2Mi': '4Mi' } } }),
    ['spec.containers[0].resources: Forbidden: HugePages require cpu or memory'],
  ],
  [
    'claims that say nothing, or too much',
    { resourceClaims: [{ name: 'a' }, { name: 'a', resourceClaimName: 'b', resourceClaimTemplateName: 'C_' }] },
    [
      'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
      'spec.resourceClaims[1].name: Duplicate value: "a"',
      'spec.resourceClaims[1]: Invalid value: {"Name":"a","ResourceClaimName":"b","ResourceClaimTemplateName":"C_"}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
      expect.stringMatching(/^spec\.resourceClaims\[1\]\.resourceClaimTemplateName: Invalid value: "C_": a lowercase RFC 1123 subdomain/),
    ],
  ],
  [
    'claims of containers that the pod does not have, or twice',
    {
      resourceClaims: [{ name: 'a', resourceClaimName: 'a' }],
      ...container({ resources: { claims: [{ name: 'a', request: 'r' }, { name: 'a' }, { name: 'a', request: 's' }, { name: 'b' }] } }),
    },
    [
      'spec.containers[0].resources.claims[1]: Duplicate value: "a"',
      'spec.containers[0].resources.claims[2]: Duplicate value: "a"',
      'spec.containers[0].resources.claims[3]: Not found: "b": must be one of the names in pod.spec.resourceClaims: a',
    ],
  ],
  [
    'two sources of a variable',
    container({ env: [{ name: 'A', value: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }),
    ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
  ],
  [
    'mounts without a volume',
    container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
  ],
  [
    'sub paths that climb out',
    { ...volume({ emptyDir: {} }), ...container({ volumeMounts: [{ name: 'v', mountPath: '/v', subPath: '../x' }] }) },
    ['spec.containers[0].volumeMounts[0].subPath: Invalid value: "../x": must not contain \'..\''],
  ],
  [
    'propagation from an ordinary container',
    { ...volume({ emptyDir: {} }), ...container({ volumeMounts: [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }] }) },
    [
      'spec.containers[0].volumeMounts[0].mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
    ],
  ],
  [
    'unknown host path types',
    volume({ hostPath: { path: '/x', type: 'Door' } }),
    [
      'spec.volumes[0].hostPath.type: Unsupported value: "Door": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
    ],
  ],
  ['claims without a name', volume({ persistentVolumeClaim: {} }), ['spec.volumes[0].persistentVolumeClaim.claimName: Required value']],
  [
    'impossible file modes',
    volume({ configMap: { name: 'c', defaultMode: 0o1000 } }),
    ['spec.volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive'],
  ],
  [
    'short-lived tokens',
    volume({ projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } }),
    [
      'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    ],
  ],
  [
    'user ids below zero',
    container({ securityContext: { runAsUser: -1 } }),
    ['spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
  ],
  ['repeated container names', { initContainers: [{ name: 'c', image: 'x' }] }, ['spec.initContainers[0].name: Duplicate value: "c"']],
  [
    'other host ports on the host’s network',
    { hostNetwork: true, ...container({ ports: [{ containerPort: 80, hostPort: 81 }] }) },
    ['spec.containers[0].ports[0].containerPort: Invalid value: 80: must match `hostPort` when `hostNetwork` is true'],
  ],
  [
    'DNS of one’s own without servers',
    { dnsPolicy: 'None' },
    ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  ],
  [
    'bad addresses in /etc/hosts',
    { hostAliases: [{ ip: 'x', hostnames: ['a'] }] },
    ['spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'empty node selector terms',
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  ],
  [
    'a node for a gated pod',
    { nodeName: 'n', schedulingGates: [{ name: 'g' }] },
    ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
  ],
  [
    'ephemeral containers from the start',
    { ephemeralContainers: [{ name: 'd', image: 'x' }] },
    ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
  ],
  [
    'long waits before the end',
    container({ lifecycle: { preStop: { sleep: { seconds: 60 } } } }),
    [
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
  ],
  [
    'privileges that are denied',
    container({ securityContext: { allowPrivilegeEscalation: false, privileged: true } }),
    [
      'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ],
  ],
  [
    'images with blanks around',
    container({ image: ' x' }),
    ['spec.containers[0].image: Invalid value: " x": must not have leading or trailing whitespace'],
  ],
]

describe('a new pod', () => {
  it.each(cases)('is refused for %s', (_, spec, expected) => {
    expect(errors(spec)).toEqual(expected)
  })
})
