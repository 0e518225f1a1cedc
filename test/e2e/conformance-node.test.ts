import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { quantityToNumber } from '../../api/quantity.ts'
import { ReportPods, scriptPod } from '../support/report-pods.ts'
import { startRegistry, type Registry } from '../support/registry.ts'
import { must } from '../support/shell.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const NAMESPACE = 'e2e-conformance-node'
const kubectl = kubectlOfCluster()
const pods = new ReportPods(kubectl, NAMESPACE)

/** An image that says how it was called. */
const speaker = 'kubeling-test/speaker:1'
const buildSpeaker = () =>
  must('docker', ['build', '-q', '-t', speaker, '-'], {
    input: 'FROM busybox:1.36\nENTRYPOINT ["echo", "entry point"]\nCMD ["and", "arguments"]\n',
  })

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
const amount = (name: string, resource: string) => ({ name, valueFrom: { resourceFieldRef: { resource } } })
/** All printable characters that a variable's name may have, beginning with those that no shell takes. */
const odd = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => index + 32)).replace('=', '')
const data = { 'data-1': 'value-1', 'data-2': 'value-2' }
const sources = (ref: 'configMapRef' | 'secretRef') =>
  ['', 'p-', '1', odd].map(prefix => ({ ...(prefix ? { prefix } : {}), [ref]: { name: 'values' } }))
const fromAll = ['', 'p-', '1', odd].flatMap(prefix => Object.entries(data).map(([key, value]) => `${prefix}${key}=${value}`))
const limits = { cpu: '2', memory: '64Mi' }
const requests = { cpu: '250m', memory: '32Mi' }
const work = { volumes: [{ name: 'work', emptyDir: {} }] }
const mounted = (mount: object) => [
  { name: 'work', mountPath: '/part', ...mount },
  { name: 'work', mountPath: '/all' },
]
const withPart = (subPathExpr: string, env: object[]) => ({ spec: work, container: { env, volumeMounts: mounted({ subPathExpr }) } })
const user = (runAsUser: number, runAsGroup?: number) => ({ runAsUser, ...(runAsGroup === undefined ? {} : { runAsGroup }) })
const ids = 'echo $(id -u) $(id -g)'

interface Given {
  readonly script: string
  readonly more?: Parameters<typeof scriptPod>[2]
  /** The lines that are to be in the log. */
  readonly says: readonly string[] | ((pod: Pod, node: Node) => readonly string[])
}
const command = (more: object) => ({ script: '', more: { container: { command: [], ...more } } })

/** What containers are given, and the lines in which they say so. */
const given: Readonly<Record<string, Given>> = {
  'config-map': {
    ...command({
      command: ['env'],
      env: [{ name: 'CONFIG_DATA_1', valueFrom: { configMapKeyRef: { name: 'values', key: 'data-1' } } }],
      envFrom: sources('configMapRef'),
    }),
    says: ['CONFIG_DATA_1=value-1', ...fromAll],
  },
  secret: {
    ...command({
      command: ['env'],
      env: [{ name: 'SECRET_DATA', valueFrom: { secretKeyRef: { name: 'values', key: 'data-1' } } }],
      envFrom: sources('secretRef'),
    }),
    says: ['SECRET_DATA=value-1', ...fromAll],
  },
  fields: {
    ...command({
      command: ['env'],
      resources: { limits, requests },
      env: [
        ...[field('UID', 'metadata.uid'), field('NAME', 'metadata.name'), field('NAMESPACE', 'metadata.namespace')],
        ...[field('IP', 'status.podIP'), field('HOST_IP', 'status.hostIP'), field('HOST_IPS', 'status.hostIPs')],
        ...[amount('CPU_LIMIT', 'limits.cpu'), amount('MEMORY_LIMIT', 'limits.memory')],
        ...[amount('CPU_REQUEST', 'requests.cpu'), amount('MEMORY_REQUEST', 'requests.memory')],
      ],
    }),
    says: ({ metadata, status }) => [
      ...[`UID=${metadata.uid}`, 'NAME=fields', `NAMESPACE=${NAMESPACE}`],
      ...[`IP=${status.podIP}`, `HOST_IP=${status.hostIP}`, `HOST_IPS=${status.hostIPs?.map(({ ip }) => ip).join(',')}`],
      ...['CPU_LIMIT=2', `MEMORY_LIMIT=${64 << 20}`, 'CPU_REQUEST=1', `MEMORY_REQUEST=${32 << 20}`],
    ],
  },
  'no-limits': {
    ...command({ command: ['env'], env: [amount('CPU_LIMIT', 'limits.cpu'), amount('MEMORY_LIMIT', 'limits.memory')] }),
    says: (_, { status }) => [
      `CPU_LIMIT=${Math.ceil(quantityToNumber(status.allocatable?.['cpu'] ?? ''))}`,
      `MEMORY_LIMIT=${quantityToNumber(status.allocatable?.['memory'] ?? '')}`,
    ],
  },
  composed: {
    ...command({
      command: ['sh', '-c', 'TEST_VAR=wrong echo "$(TEST_VAR)"; env; eval "$0"'],
      args: ['TEST_VAR=wrong echo "args: $(TEST_VAR)"'],
      env: [
        { name: 'FOO', value: 'foo-value' },
        { name: 'BAR', value: 'bar-value' },
        { name: 'FOOBAR', value: '$(FOO);;$(BAR)' },
        { name: 'TEST_VAR', value: 'test-value' },
      ],
    }),
    says: ['test-value', 'args: test-value', 'FOO=foo-value', 'BAR=bar-value', 'FOOBAR=foo-value;;bar-value'],
  },
  'image-defaults': { ...command({ image: speaker }), says: ['entry point and arguments'] },
  'image-arguments': { ...command({ image: speaker, args: ['override', 'arguments'] }), says: ['entry point override arguments'] },
  'image-command': { ...command({ image: speaker, command: ['echo', 'override'] }), says: ['override'] },
  'image-both': { ...command({ image: speaker, command: ['echo', 'over'], args: ['ride'] }), says: ['over ride'] },
  'sub-path': { script: 'test -d /all/sub-path; echo $?', more: withPart('$(NAME)', [field('NAME', 'metadata.name')]), says: ['0'] },
  unprivileged: {
    script: 'ip link add dummy0 type dummy 2>&1 || true',
    more: { container: { securityContext: { privileged: false } } },
    says: ['ip: RTNETLINK answers: Operation not permitted'],
  },
  writable: {
    script: 'touch /checkfile && echo written',
    more: { container: { securityContext: { readOnlyRootFilesystem: false } } },
    says: ['written'],
  },
  nobody: { script: 'id -u', more: { container: { securityContext: user(65534) } }, says: ['65534'] },
  'own-ids': {
    script: ids,
    more: { spec: { securityContext: user(1, 2) }, container: { securityContext: user(1001, 2002) } },
    says: ['1001 2002'],
  },
  'pod-ids': { script: ids, more: { spec: { securityContext: user(1001, 2002) } }, says: ['1001 2002'] },
  log: { script: 'echo out; echo err >&2', says: ['out', 'err'] },
}

const inits = (...scripts: string[]) =>
  scripts.map((script, index) => ({ name: `init${index + 1}`, image: 'busybox:1.36', command: ['sh', '-c', script] }))
const hostsFile = { volumes: [{ name: 'hosts', hostPath: { path: '/etc/hosts', type: 'FileOrCreate' } }] }
const sleeping = 'trap "exit 0" TERM; sleep 1000 & wait'
const seesHosts = (name: string, ...paths: string[]) => ({
  name,
  image: 'busybox:1.36',
  command: ['sh', '-c', sleeping],
  volumeMounts: paths.map(mountPath => ({ name: 'hosts', mountPath })),
})
const annotated = [{ name: 'NAME', value: 'foo' }, field('ANNOTATION', "metadata.annotations['part']")]

describe('containers of conforming pods on real Docker', () => {
  let namespace: AsyncDisposable
  let registry: Registry
  let nodes: readonly Node[]
  beforeAll(async () => {
    ;[namespace, registry] = await Promise.all([ownNamespace(kubectl, NAMESPACE), startRegistry(), buildSpeaker()])
    const image = await registry.push('files:1')
    nodes = (JSON.parse(await kubectl('get nodes -o json')) as { items: Node[] }).items
    const lines = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, `${value}\n`]))
    await pods.create(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'values' }, data },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'values' }, stringData: lines },
      ...Object.entries(given).map(([name, { script, more }]) => scriptPod(name, script, more)),
      scriptPod('init-always', sleeping, { spec: { restartPolicy: 'Always', initContainers: inits('true', 'true') } }),
      scriptPod('init-never', 'true', { spec: { initContainers: inits('true', 'true') } }),
      scriptPod('init-fails', 'true', { spec: { initContainers: inits('true', 'false') } }),
      scriptPod('init-fails-always', 'true', { spec: { restartPolicy: 'Always', initContainers: inits('false', 'true') } }),
      scriptPod('words', '/bin/echo -n DONE > /dev/termination-custom-log', {
        container: { terminationMessagePath: '/dev/termination-custom-log', securityContext: user(10000) },
      }),
      scriptPod('words-kept', '/bin/echo -n OK > /dev/termination-log; echo DONE', {
        container: { terminationMessagePolicy: 'FallbackToLogsOnError' },
      }),
      scriptPod('hosts', '', {
        spec: {
          ...hostsFile,
          containers: [seesHosts('managed', '/etc/hosts-original'), seesHosts('own', '/etc/hosts-original', '/etc/hosts')],
        },
      }),
      scriptPod('hosts-node', '', { spec: { ...hostsFile, hostNetwork: true, containers: [seesHosts('node', '/etc/hosts-original')] } }),
      scriptPod('image-volume', sleeping, {
        spec: { volumes: [{ name: 'work', image: { reference: image, pullPolicy: 'Always' } }] },
        container: { volumeMounts: [{ name: 'work', mountPath: '/image' }] },
      }),
      scriptPod('part-up', sleeping, withPart('$(NAME)', [{ name: 'NAME', value: '..' }])),
      scriptPod('part-absolute', sleeping, withPart('$(NAME)', [{ name: 'NAME', value: '/tmp' }])),
      scriptPod('part-later', sleeping, withPart('$(ANNOTATION)/$(NAME)', annotated)),
      scriptPod('failing', 'exit 1', { spec: { restartPolicy: 'Always' } }),
    )
  }, 180_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  }, 120_000)

  it.each(Object.keys(given))(
    'have what %s says',
    async name => {
      const pod = await pods.until(name, ({ status }) => status.phase === 'Succeeded')
      const node = nodes.find(({ metadata }) => metadata.name === pod.spec.nodeName) as Node
      const says = given[name]?.says ?? []
      const log = (await kubectl(`logs ${name} ${pods.in}`)).split('\n')
      expect(log).toEqual(expect.arrayContaining([...(typeof says === 'function' ? says(pod, node) : says)]))
    },
    150_000,
  )

  it('leave their last words as any user, and not those of the log where they left some', async () => {
    const words = async (name: string) =>
      (await pods.until(name, ({ status }) => status.phase === 'Succeeded')).status.containerStatuses?.[0]?.state?.terminated?.message
    expect(await words('words')).toBe('DONE')
    expect(await words('words-kept')).toBe('OK')
  }, 150_000)

  it('are ready when all init containers were, and never begin when one of them failed', async () => {
    const statuses = ({ status }: Pod) => status.initContainerStatuses?.map(({ ready, state }) => [ready, state?.terminated?.exitCode])
    const initialized = ({ status }: Pod) => status.conditions?.find(({ type }) => type === 'Initialized')
    for (const [name, phase] of [
      ['init-always', 'Running'],
      ['init-never', 'Succeeded'],
    ] as const) {
      const pod = await pods.until(name, ({ status }) => status.phase === phase)
      expect(statuses(pod)).toEqual([
        [true, 0],
        [true, 0],
      ])
      expect(initialized(pod)?.status).toBe('True')
    }
    const failed = await pods.until('init-fails', ({ status }) => status.phase === 'Failed')
    const reason = { status: 'False', reason: 'ContainersNotInitialized' }
    expect(initialized(failed)).toMatchObject({ ...reason, message: 'containers with incomplete status: [init2]' })
    expect(failed.status.containerStatuses?.[0]?.state?.waiting).toBeDefined()
    const failing = await pods.until('init-fails-always', ({ status }) => (status.initContainerStatuses?.[0]?.restartCount ?? 0) >= 1)
    expect(failing.status.phase).toBe('Pending')
    expect(initialized(failing)).toMatchObject({ ...reason, message: 'containers with incomplete status: [init1 init2]' })
    for (const { state } of [failing.status.initContainerStatuses?.[1], failing.status.containerStatuses?.[0]].flatMap(each => each ?? []))
      expect(state?.waiting?.reason).toBe('PodInitializing')
  }, 150_000)

  it('have a hosts file that the node writes, unless they mount one or use the network of the node', async () => {
    await Promise.all([pods.running('hosts'), pods.running('hosts-node')])
    const files = async (pod: string, container: string) => {
      const [hosts = '', original = ''] = await Promise.all(
        ['/etc/hosts', '/etc/hosts-original'].map(path => pods.exec(pod, `cat ${path}`, container)),
      )
      expect(original).not.toBe('')
      return { managed: hosts.startsWith('# Kubernetes-managed hosts file.'), same: hosts === original }
    }
    expect(await files('hosts', 'managed')).toEqual({ managed: true, same: false })
    expect(await files('hosts', 'own')).toEqual({ managed: false, same: true })
    expect((await files('hosts-node', 'node')).managed).toBe(false)
  }, 150_000)

  it('see the files of an image that is pulled anew for them', async () => {
    await pods.running('image-volume')
    expect(await pods.exec('image-volume', 'ls /image/bin/busybox')).toBe('/image/bin/busybox\n')
    expect(await registry.asked('files:1')).toBeGreaterThan(0)
  }, 150_000)

  it('wait with a configuration error when their sub-path expands to nothing good, and go on when it does', async () => {
    expect(await pods.waiting('part-up', 'CreateContainerConfigError')).toContain("must not contain '..'")
    expect(await pods.waiting('part-absolute', 'CreateContainerConfigError')).toContain('must not be an absolute path')
    expect(await pods.waiting('part-later', 'CreateContainerConfigError')).toBe('missing value for ANNOTATION')
    await kubectl(`annotate pod part-later part=mypath ${pods.in}`)
    await pods.running('part-later')
    await pods.exec('part-later', 'touch /all/mypath/foo/test.log && test -f /part/test.log')
    await kubectl(`annotate pod part-later part=mynewpath --overwrite ${pods.in}`)
    expect((await pods.get('part-later')).status.phase).toBe('Running')
    await kubectl(`delete pod part-later part-up ${pods.in} --timeout=60s`, { timeoutSeconds: 70 })
  }, 150_000)

  it('say why they ended, however often they do, and can be deleted all the same', async () => {
    const ended = ({ status }: Pod) => {
      const { state, lastState } = status.containerStatuses?.[0] ?? {}
      return state?.terminated ?? lastState?.terminated
    }
    expect(ended(await pods.until('failing', pod => ended(pod) !== undefined))).toMatchObject({ reason: 'Error', exitCode: 1 })
    await kubectl(`delete pod failing ${pods.in} --timeout=60s`, { timeoutSeconds: 70 })
  }, 150_000)
})
