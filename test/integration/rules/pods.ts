import { atLeastZero, dnsLabel, dnsSubdomain, oneOf, qualifiedName, type RuleCase } from './rule-case.ts'

const container = { name: 'c', image: 'busybox' }
const pod = (spec: object, invalid: readonly string[], metadata: object = {}): RuleCase => ({
  to: 'api/v1 pods',
  body: { metadata: { name: 'p', ...metadata }, spec: { containers: [container], ...spec } },
  invalid,
})
const one = (fields: object, ...invalid: string[]): RuleCase =>
  pod(
    { containers: [{ ...container, ...fields }] },
    invalid.map(text => `spec.containers[0].${text}`),
  )
const probe = (fields: object, ...invalid: string[]): RuleCase =>
  one({ livenessProbe: { ...fields } }, ...invalid.map(text => `livenessProbe.${text}`))
const volume = (fields: object, ...invalid: string[]): RuleCase =>
  pod(
    { volumes: [{ name: 'v', ...fields }] },
    invalid.map(text => `spec.volumes[0].${text}`),
  )

export const pods: readonly RuleCase[] = [
  pod({ restartPolicy: 'Sometimes' }, [`spec.restartPolicy: ${oneOf(['Always', 'Never', 'OnFailure'], 'Sometimes')}`]),
  pod({ dnsPolicy: 'Mine' }, [`spec.dnsPolicy: ${oneOf(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'], 'Mine')}`]),
  pod({ dnsPolicy: 'None' }, ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']),
  pod({ dnsPolicy: 'None', dnsConfig: {} }, [
    'spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
  ]),
  pod({ dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } }, [
    'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]: must not have more than 3 nameservers',
  ]),
  pod({ dnsConfig: { nameservers: ['x'] } }, [
    'spec.dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]),
  pod({ terminationGracePeriodSeconds: -1 }, []),
  pod({ activeDeadlineSeconds: 0 }, ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive']),
  pod({ nodeSelector: { 'a b': 'c' } }, [`spec.nodeSelector: Invalid value: "a b": ${qualifiedName}`]),
  pod({ hostname: 'A' }, [`spec.hostname: Invalid value: "A": ${dnsLabel}`]),
  pod({ subdomain: '-a' }, [`spec.subdomain: Invalid value: "-a": ${dnsLabel}`]),
  pod({ schedulerName: '', serviceAccountName: 'default' }, []),
  pod({ hostAliases: [{ ip: 'x', hostnames: ['a_b'] }] }, [
    'spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    `spec.hostAliases[0].hostnames: Invalid value: "a_b": ${dnsSubdomain}`,
  ]),
  pod({ readinessGates: [{ conditionType: 'a b' }] }, [`spec.readinessGates[0].conditionType: Invalid value: "a b": ${qualifiedName}`]),
  pod({ schedulingGates: [{ name: 'a b' }] }, [`spec.schedulingGates[0]: Invalid value: "a b": ${qualifiedName}`]),
  pod({ schedulingGates: [{ name: 'a' }, { name: 'a' }] }, ['spec.schedulingGates[1].name: Duplicate value: "a"']),

  pod({ preemptionPolicy: 'Now' }, [`spec.preemptionPolicy: ${oneOf(['Never', 'PreemptLowerPriority'], 'Now')}`]),
  pod({ containers: [container, container] }, ['spec.containers[1].name: Duplicate value: "c"']),
  pod({ initContainers: [{ ...container, lifecycle: { preStop: { exec: { command: ['a'] } } } }] }, [
    'spec.initContainers[0].name: Duplicate value: "c"',
    'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
  ]),
  pod({ ephemeralContainers: [{ name: 'e', image: 'x' }] }, ['spec.ephemeralContainers: Forbidden: cannot be set on create']),
  pod({ securityContext: { runAsUser: -1 } }, [
    'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ]),
  pod({ securityContext: { supplementalGroups: [-5] } }, [
    'spec.securityContext.supplementalGroups[0]: Invalid value: -5: must be between 0 and 2147483647, inclusive',
  ]),
  pod({ securityContext: { sysctls: [{ name: 'a..b', value: '1' }] } }, [
    'spec.securityContext.sysctls[0].name: Invalid value: "a..b": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
  ]),
  pod({ securityContext: { seccompProfile: { type: 'Localhost' } } }, [
    'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
  ]),
  pod({ securityContext: { seccompProfile: { type: 'X' } } }, [
    `spec.securityContext.seccompProfile.type: ${oneOf(['Localhost', 'RuntimeDefault', 'Unconfined'], 'X')}`,
  ]),
  pod({ securityContext: { fsGroupChangePolicy: 'X' } }, [
    `spec.securityContext.fsGroupChangePolicy: ${oneOf(['Always', 'OnRootMismatch'], 'X')}`,
  ]),
  pod({ hostPID: true, shareProcessNamespace: true }, [
    'spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
  ]),
  pod({ os: { name: 'mac' } }, [`spec.os.name: ${oneOf(['linux', 'windows'], 'mac')}`]),
  pod({ tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] }, [
    'spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
  ]),
  pod({ tolerations: [{ key: 'a', operator: 'Is' }] }, [`spec.tolerations[0].operator: ${oneOf(['Equal', 'Exists'], 'Is')}`]),
  pod({ tolerations: [{ key: 'a', effect: 'X' }] }, [
    `spec.tolerations[0].effect: ${oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'X')}`,
  ]),
  pod({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'DoNotSchedule' }] }, [
    'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
  ]),
  pod({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'X' }] }, [
    `spec.topologySpreadConstraints[0].whenUnsatisfiable: ${oneOf(['DoNotSchedule', 'ScheduleAnyway'], 'X')}`,
  ]),
  pod({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 }] }, [
    'spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
  ]),
  pod({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } }, [
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
  ]),
  pod(
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] },
        },
      },
    },
    [
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ),
  pod(
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] }],
          },
        },
      },
    },
    [
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
  ),
  pod(
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1', '2'] }] }],
          },
        },
      },
    },
    [
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'",
    ],
  ),
  pod({ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }] } } }, [
    'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
  ]),
  pod(
    {
      affinity: {
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, podAffinityTerm: { topologyKey: 'z' } }] },
      },
    },
    ['spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100'],
  ),
  pod({ imagePullSecrets: [{ name: '' }], runtimeClassName: 'A' }, [`spec.runtimeClassName: Invalid value: "A": ${dnsSubdomain}`]),
  pod({}, [`metadata.annotations: Invalid value: "a b": ${qualifiedName}`], { annotations: { 'a b': 'c' } }),
  pod({}, [`metadata.labels: Invalid value: "a b": ${qualifiedName}`], { labels: { 'a b': 'c' } }),
  pod({}, ['metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified'], {
    finalizers: ['x'],
  }),
  pod({}, ['metadata.name: Required value: name or generateName is required'], { name: undefined }),
  pod({}, ['metadata.ownerReferences[0].uid: Invalid value: "": must not be empty'], {
    ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: '' }],
  }),
  pod({}, [`metadata.generateName: Invalid value: "A-": ${dnsSubdomain}`], { name: undefined, generateName: 'A-' }),
  one({ name: '' }, 'name: Required value'),
  one({ image: ' x' }, 'image: Invalid value: " x": must not have leading or trailing whitespace'),
  one({ terminationMessagePolicy: 'X' }, `terminationMessagePolicy: ${oneOf(['FallbackToLogsOnError', 'File'], 'X')}`),
  one({ ports: [{ containerPort: 0 }] }, 'ports[0].containerPort: Required value'),
  one({ ports: [{ containerPort: 1, protocol: 'X' }] }, `ports[0].protocol: ${oneOf(['SCTP', 'TCP', 'UDP'], 'X')}`),
  one(
    { ports: [{ containerPort: 1, name: 'waytoolongforaport' }] },
    'ports[0].name: Invalid value: "waytoolongforaport": must be no more than 15 characters',
  ),
  one({ ports: [{ containerPort: 1, name: '1' }] }, 'ports[0].name: Invalid value: "1": must contain at least one letter (a-z)'),
  one(
    {
      ports: [
        { containerPort: 1, name: 'a' },
        { containerPort: 2, name: 'a' },
      ],
    },
    'ports[1].name: Duplicate value: "a"',
  ),
  one(
    { ports: [{ containerPort: 1, hostPort: 70000 }] },
    'ports[0].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ),
  one({ env: [{ name: '' }] }, 'env[0].name: Required value'),
  one(
    { env: [{ name: 'a=b', value: 'c' }] },
    'env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
  ),
  one(
    { env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
    'env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
  ),
  one(
    { env: [{ name: 'A', valueFrom: {} }] },
    'env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
  ),
  one(
    { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: '', key: '' } } }] },
    'env[0].valueFrom.configMapKeyRef.name: Required value',
    'env[0].valueFrom.configMapKeyRef.key: Required value',
  ),
  one(
    { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'a/b' } } }] },
    "env[0].valueFrom.secretKeyRef.key: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  ),
  one(
    { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } }] },
    `env[0].valueFrom.resourceFieldRef.resource: ${oneOf(['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'], 'limits.gpu')}`,
  ),
  one({ envFrom: [{}] }, 'envFrom[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'),
  one(
    { envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] },
    'envFrom[0]: Invalid value: "": may not have more than one field specified at a time',
  ),
  one(
    { resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } },
    'resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ),
  one(
    { resources: { limits: { cpu: '-1' } } },
    'resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    'resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
  ),
  one(
    { resources: { limits: { bogus: '1' } } },
    'resources.limits[bogus]: Invalid value: "bogus": must be a standard resource type or fully qualified',
    'resources.limits[bogus]: Invalid value: "bogus": must be a standard resource for containers',
    'resources.requests[bogus]: Invalid value: "bogus": must be a standard resource type or fully qualified',
    'resources.requests[bogus]: Invalid value: "bogus": must be a standard resource for containers',
  ),
  one(
    { resources: { requests: { 'example.com/gpu': '1' } } },
    'resources.limits: Required value: Limit must be set for non overcommitable resources',
  ),
  one(
    { resources: { limits: { 'example.com/gpu': '1.5' } } },
    'resources.limits[example.com/gpu]: Invalid value: "1500m": must be an integer',
    'resources.requests[example.com/gpu]: Invalid value: "1500m": must be an integer',
  ),
  one({ volumeMounts: [{ name: 'v', mountPath: '/a' }] }, 'volumeMounts[0].name: Not found: "v"'),
  one(
    { volumeMounts: [{ name: '', mountPath: '' }] },
    'volumeMounts[0].name: Required value',
    'volumeMounts[0].name: Not found: ""',
    'volumeMounts[0].mountPath: Required value',
  ),
  one({ volumeDevices: [{ name: 'v', devicePath: '/d' }] }, 'volumeDevices[0].name: Not found: "v"'),
  one(
    { securityContext: { privileged: true, allowPrivilegeEscalation: false } },
    'securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
  ),
  one(
    { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } } },
    'securityContext: Invalid value: {"Capabilities":{"Add":["CAP_SYS_ADMIN"],"Drop":null},"Privileged":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
  ),
  one({ lifecycle: { postStart: {} } }, 'lifecycle.postStart: Required value: must specify a handler type'),
  one({ lifecycle: { postStart: { exec: { command: [] } } } }, 'lifecycle.postStart.exec.command: Required value'),
  one(
    { lifecycle: { preStop: { sleep: { seconds: 100 } } } },
    'lifecycle.preStop.sleep: Invalid value: 100: must be non-negative and less than terminationGracePeriodSeconds (30)',
  ),
  probe({ exec: { command: [] } }, 'exec.command: Required value'),
  probe({ httpGet: { path: '/', port: 0 } }, 'httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive'),
  probe({ httpGet: { path: '/', port: 80, scheme: 'FTP' } }, `httpGet.scheme: ${oneOf(['HTTP', 'HTTPS'], 'FTP')}`),
  probe(
    { httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'a b', value: 'x' }] } },
    "httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
  ),
  probe(
    { tcpSocket: { port: 'B_d' } },
    'tcpSocket.port: Invalid value: "B_d": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
  ),
  probe({ grpc: { port: 99999 } }, 'grpc.port: Invalid value: 99999: must be between 1 and 65535, inclusive'),
  probe({ tcpSocket: { port: 80 }, successThreshold: 2 }, 'successThreshold: Invalid value: 2: must be 1'),
  probe(
    { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 0 },
    'terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
  ),
  probe(
    { tcpSocket: { port: 80 }, timeoutSeconds: -1, initialDelaySeconds: -2, failureThreshold: -3 },
    `initialDelaySeconds: Invalid value: -2: ${atLeastZero}`,
    `timeoutSeconds: Invalid value: -1: ${atLeastZero}`,
    `failureThreshold: Invalid value: -3: ${atLeastZero}`,
  ),

  volume({ name: 'A', emptyDir: {} }, `name: Invalid value: "A": ${dnsLabel}`),
  volume({ hostPath: { path: '' } }, 'hostPath.path: Required value'),
  volume({ hostPath: { path: '/a/../b' } }, 'hostPath.path: Invalid value: "/a/../b": must not contain \'..\''),
  volume(
    { hostPath: { path: '/a', type: 'X' } },
    `hostPath.type: ${oneOf(['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'], 'X')}`,
  ),
  volume({ secret: { secretName: '' } }, 'secret.secretName: Required value'),
  volume(
    { secret: { secretName: 's', defaultMode: 1000 } },
    'secret.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
  ),
  volume({ configMap: { name: '' } }, 'configMap.name: Required value'),
  volume(
    { configMap: { name: 'a', items: [{ key: '', path: '' }] } },
    'configMap.items[0].key: Required value',
    'configMap.items[0].path: Required value',
  ),
  volume(
    { configMap: { name: 'a', items: [{ key: 'k', path: '/abs' }] } },
    'configMap.items[0].path: Invalid value: "/abs": must be a relative path',
  ),
  volume(
    { configMap: { name: 'a', items: [{ key: 'k', path: '../x' }] } },
    'configMap.items[0].path: Invalid value: "../x": must not contain \'..\'',
    'configMap.items[0].path: Invalid value: "../x": must not start with \'..\'',
  ),
  volume({ emptyDir: { sizeLimit: '-1' } }, 'emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity'),
  volume({ persistentVolumeClaim: { claimName: '' } }, 'persistentVolumeClaim.claimName: Required value'),
  volume({ nfs: { server: '', path: '' } }, 'nfs.server: Required value', 'nfs.path: Required value'),
  volume({ nfs: { server: 's', path: 'rel' } }, 'nfs.path: Invalid value: "rel": must be an absolute path'),
  volume({ downwardAPI: { items: [{ path: 'a' }] } }, 'downwardAPI.fieldRef: Required value: one of: fieldRef and resourceFieldRef'),
  volume(
    { projected: { sources: [{ serviceAccountToken: { path: '', expirationSeconds: 1 } }] } },
    'projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
    'projected.sources[0].serviceAccountToken.path: Required value',
  ),
]
