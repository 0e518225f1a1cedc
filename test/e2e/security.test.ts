import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ReportPods, scriptPod } from '../support/report-pods.ts'
import { must } from '../support/shell.ts'
import { docker, kubectlOfCluster, ownNamespace, serviceContainer } from '../support/test-cluster.ts'

const NAMESPACE = 'e2e-security'
const kubectl = kubectlOfCluster()
const pods = new ReportPods(kubectl, NAMESPACE)

/** An image whose user is alice, and whose /etc/group has her in a further group. */
const aliceImage = 'kubeling-test/alice:1'
const buildAlice = () =>
  must('docker', ['build', '-q', '-t', aliceImage, '-'], {
    input: `FROM busybox:1.36
RUN echo 'alice:x:1000:1000::/:/bin/sh' >> /etc/passwd && echo 'alice:x:1000:' >> /etc/group && echo 'staff:x:50000:alice' >> /etc/group
USER alice
`,
  })

const nodes = ['node-1', 'node-2', 'node-3']
const onNodes = async (script: string): Promise<void> => {
  await Promise.all(nodes.map(async node => docker('exec', await serviceContainer(node), 'sh', '-c', script)))
}
const denyMkdir = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
})

/** The lines of /proc/1/status that tell what the container's first process may. */
const rights = (...names: string[]) => `grep -E "^(${names.join('|')}):" /proc/1/status | tr "\\t" " "`
const status = (securityContext: object, ...names: string[]) => ({ script: rights(...names), more: { container: { securityContext } } })
const defaultCapabilities = '00000000a80425fb'

/** Pods whose first process's rights are compared: what they ask for, and what /proc/1/status then says. */
const statusPods: Readonly<Record<string, { script: string; more: Parameters<typeof scriptPod>[2]; expected: string }>> = {
  'cap-default': { ...status({}, 'CapPrm', 'CapBnd'), expected: `CapPrm: ${defaultCapabilities}\nCapBnd: ${defaultCapabilities}\n` },
  'cap-drop': { ...status({ capabilities: { drop: ['CHOWN', 'KILL'] } }, 'CapBnd'), expected: 'CapBnd: 00000000a80425da\n' },
  'cap-drop-all': { ...status({ capabilities: { drop: ['ALL'] } }, 'CapBnd'), expected: 'CapBnd: 0000000000000000\n' },
  'cap-only': {
    ...status({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }, 'CapEff', 'CapBnd'),
    expected: 'CapEff: 0000000000000400\nCapBnd: 0000000000000400\n',
  },
  'cap-add': { ...status({ capabilities: { add: ['NET_ADMIN'] } }, 'CapBnd'), expected: 'CapBnd: 00000000a80435fb\n' },
  'cap-no-root': {
    ...status({ runAsUser: 1000, capabilities: { add: ['NET_ADMIN'] } }, 'CapEff', 'CapBnd'),
    expected: 'CapEff: 0000000000000000\nCapBnd: 00000000a80435fb\n',
  },
  'escalation-default': { ...status({}, 'NoNewPrivs'), expected: 'NoNewPrivs: 0\n' },
  'escalation-no': { ...status({ allowPrivilegeEscalation: false }, 'NoNewPrivs'), expected: 'NoNewPrivs: 1\n' },
  'seccomp-absent': { ...status({}, 'Seccomp'), expected: 'Seccomp: 0\n' },
  'seccomp-default': { ...status({ seccompProfile: { type: 'RuntimeDefault' } }, 'Seccomp'), expected: 'Seccomp: 2\n' },
  'seccomp-unconfined': { ...status({ seccompProfile: { type: 'Unconfined' } }, 'Seccomp'), expected: 'Seccomp: 0\n' },
  'selinux-ignored': { ...status({ seLinuxOptions: { level: 's0:c123,c456' } }, 'NoNewPrivs'), expected: 'NoNewPrivs: 0\n' },
}

const modes = 'for path in "$@"; do stat -L -c "%a %u:%g %n" $path; done'
const listing = (...paths: string[]) => `set -- ${paths.join(' ')}; ${modes}`
const volumeMounts = ['dir', 'memory', 'config', 'secret', 'projected'].map(name => ({ name, mountPath: `/${name}` }))
const volumes = [
  { name: 'dir', emptyDir: {} },
  { name: 'memory', emptyDir: { medium: 'Memory' } },
  { name: 'config', configMap: { name: 'keys', items: [{ key: 'key', path: 'deep/key' }] } },
  { name: 'secret', secret: { secretName: 'keys', defaultMode: 0o400 } },
  { name: 'projected', projected: { sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'keys' } }] } },
]
const volumePaths = [
  '/dir',
  '/memory',
  '/config',
  '/config/deep',
  '/config/deep/key',
  '/secret',
  '/secret/key',
  '/projected',
  '/projected/key',
  '/projected/token',
]
const withVolumes = (name: string, script: string, securityContext: object) =>
  scriptPod(name, script, { spec: { volumes, securityContext }, container: { volumeMounts } })

const sleep = 'exec sleep 1000'
const zombie = '(sh -c "sleep 0.1 &"); sleep 1; ps -o stat,args | grep -c "^Z"; true'

describe('security of pods on real Docker', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    await Promise.all([buildAlice(), onNodes(`printf '%s' '${denyMkdir}' > /var/lib/kubeling/seccomp/deny-mkdir.json`)])
    await kubectl(`create configmap keys ${pods.in} --from-literal=key=value`)
    await kubectl(`create secret generic keys ${pods.in} --from-literal=key=value`)
    const localhost = (localhostProfile: string) => ({ seccompProfile: { type: 'Localhost', localhostProfile } })
    const ids = 'echo $(id -u) $(id -g) $(id -G)'
    await pods.create(
      ...Object.entries(statusPods).map(([name, { script, more }]) => scriptPod(name, script, more)),
      scriptPod('ids', ids, {
        spec: { securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] } },
      }),
      scriptPod('ids-own', ids, { spec: { securityContext: { runAsUser: 1000 } }, container: { securityContext: { runAsUser: 1001 } } }),
      scriptPod('merge', ids, { container: { image: aliceImage, securityContext: { runAsUser: 1000, runAsGroup: 3000 } } }),
      scriptPod('strict', ids, {
        spec: { securityContext: { supplementalGroupsPolicy: 'Strict', supplementalGroups: [60000] } },
        container: { image: aliceImage },
      }),
      scriptPod('non-root-image', sleep, { spec: { securityContext: { runAsNonRoot: true } } }),
      scriptPod('non-root-user', sleep, { container: { securityContext: { runAsNonRoot: true, runAsUser: 0 } } }),
      scriptPod('non-root-name', sleep, { container: { image: aliceImage, securityContext: { runAsNonRoot: true } } }),
      scriptPod('non-root', ids, { container: { securityContext: { runAsNonRoot: true, runAsUser: 1000 } } }),
      scriptPod('cap-unknown', sleep, { container: { securityContext: { capabilities: { add: ['NO_SUCH'] } } } }),
      scriptPod('privileged', rights('CapBnd', 'Seccomp'), { container: { securityContext: { privileged: true } } }),
      scriptPod('seccomp-file', 'mkdir /tmp/x 2>&1; touch /tmp/y && echo touched', {
        spec: { securityContext: localhost('deny-mkdir.json') },
      }),
      scriptPod('seccomp-missing', sleep, { container: { securityContext: localhost('none.json') } }),
      scriptPod('read-only', 'touch /file 2>&1; touch /tmp/file && echo volume', {
        spec: { volumes: [{ name: 'tmp', emptyDir: {} }] },
        container: { securityContext: { readOnlyRootFilesystem: true }, volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] },
      }),
      scriptPod('apparmor', 'cat /proc/1/attr/current', {
        container: { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } },
      }),
      scriptPod('apparmor-unconfined', 'echo runs', { container: { securityContext: { appArmorProfile: { type: 'Unconfined' } } } }),
      scriptPod('sysctl', 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shm_rmid_forced', {
        spec: {
          securityContext: {
            sysctls: [
              { name: 'net/ipv4/ip_unprivileged_port_start', value: '42' },
              { name: 'kernel.shm_rmid_forced', value: '1' },
            ],
          },
        },
      }),
      scriptPod('sysctl-unsafe', sleep, { spec: { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '65536' }] } } }),
      scriptPod('user-namespace', sleep, { spec: { hostUsers: false } }),
      withVolumes('volumes', listing(...volumePaths), {}),
      withVolumes('volumes-group', `${listing(...volumePaths)}; touch /dir/mine; ${listing('/dir/mine')}; cat /secret/key`, {
        fsGroup: 2000,
        runAsUser: 1000,
        fsGroupChangePolicy: 'OnRootMismatch',
      }),
    )
  }, 120_000)
  afterAll(async () => {
    await onNodes('rm -f /var/lib/kubeling/seccomp/deny-mkdir.json')
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it.each(Object.keys(statusPods))(
    'gives the first process of %s the rights it asks for',
    async name => {
      expect(await pods.report(name)).toBe(statusPods[name]?.expected)
    },
    150_000,
  )

  it('runs containers as the users and groups they name', async () => {
    expect(await pods.report('ids')).toBe('1000 3000 3000 2000 4000\n')
    expect(await pods.report('ids-own')).toBe('1001 0 0\n')
    expect(await pods.report('non-root')).toBe('1000 0 0\n')
    expect((await pods.get('ids')).status.containerStatuses?.[0]?.user).toEqual({
      linux: { uid: 1000, gid: 3000, supplementalGroups: [3000, 2000, 4000] },
    })
  }, 150_000)

  it('adds the groups of the image, unless the policy is Strict', async () => {
    expect(await pods.report('merge')).toBe('1000 3000 3000 50000\n')
    expect(await pods.report('strict')).toBe('1000 1000 1000 60000\n')
  }, 150_000)

  it('refuses to run as root what must not, and says why', async () => {
    const expected: Readonly<Record<string, string>> = {
      'non-root-image': 'container has runAsNonRoot and image will run as root',
      'non-root-user': "container's runAsUser breaks non-root policy",
      'non-root-name': 'container has runAsNonRoot and image has non-numeric user (alice), cannot verify user is non-root',
    }
    for (const [name, why] of Object.entries(expected)) {
      const message = `${why} (pod: "${name}_${NAMESPACE}(${(await pods.get(name)).metadata.uid})", container: main)`
      expect(await pods.waiting(name, 'CreateContainerConfigError')).toBe(message)
      expect(await pods.event(name, 'Failed')).toBe(`Error: ${message}`)
    }
  }, 150_000)

  it('says so when the engine does not know a capability', async () => {
    expect(await pods.waiting('cap-unknown', 'CreateContainerError')).toContain('CAP_NO_SUCH')
    expect(await pods.event('cap-unknown', 'Failed')).toContain('CAP_NO_SUCH')
  }, 150_000)

  it('gives a privileged container everything the engine has, or says that the engine cannot', async () => {
    const engine = await must('sh', ['-c', 'docker run --rm --privileged busybox:1.36 grep CapBnd /proc/1/status || true'])
    const pod = await pods.until('privileged', ({ status }) => status.phase === 'Succeeded' || status.phase === 'Failed')
    if (engine) expect(await pods.report('privileged')).toBe(`${engine.replace('\t', ' ')}Seccomp: 0\n`)
    else {
      const { terminated } = pod.status.containerStatuses?.[0]?.state ?? {}
      expect(terminated).toMatchObject({ exitCode: 128, reason: 'StartError', message: expect.stringContaining('unable to apply caps') })
      expect(await pods.event('privileged', 'Failed')).toBe(`Error: ${terminated?.message}`)
    }
  }, 150_000)

  it('filters system calls by a profile of the node, and says which one is missing', async () => {
    expect(await pods.report('seccomp-file')).toBe("mkdir: can't create directory '/tmp/x': Operation not permitted\ntouched\n")
    const path = '/var/lib/kubeling/seccomp/none.json'
    const message = `failed to create containerd container: cannot load seccomp profile "${path}": open ${path}: no such file or directory`
    expect(await pods.waiting('seccomp-missing', 'CreateContainerError')).toBe(message)
    expect(await pods.event('seccomp-missing', 'Failed')).toBe(`Error: ${message}`)
  }, 150_000)

  it('keeps a read-only image from being written to, but not volumes', async () => {
    expect(await pods.report('read-only')).toBe('touch: /file: Read-only file system\nvolume\n')
  }, 150_000)

  it('refuses pods that ask for AppArmor where the engine has none', async () => {
    expect(await pods.report('apparmor-unconfined')).toBe('runs\n')
    const { status } = await pods.until('apparmor', ({ status }) => status.phase === 'Succeeded' || status.phase === 'Failed')
    if ((await docker('info', '--format', '{{.SecurityOptions}}')).includes('name=apparmor')) {
      expect(await pods.report('apparmor')).toBe('docker-default (enforce)\n')
      return
    }
    const why = 'Cannot enforce AppArmor: AppArmor is not enabled on the host'
    expect(status).toMatchObject({ phase: 'Failed', reason: 'AppArmor', message: `Pod was rejected: ${why}` })
    expect(await pods.event('apparmor', 'AppArmor')).toBe(why)
  }, 150_000)

  it('sets safe kernel settings and forbids the others', async () => {
    expect(await pods.report('sysctl')).toBe('42\n1\n')
    const { status } = await pods.until('sysctl-unsafe', ({ status }) => status.phase === 'Failed')
    const why = 'forbidden sysctl: "kernel.msgmax" not allowlisted'
    expect(status).toMatchObject({ reason: 'SysctlForbidden', message: `Pod was rejected: ${why}` })
    expect(await pods.event('sysctl-unsafe', 'SysctlForbidden')).toBe(why)
  }, 150_000)

  it('says that the engine has no user namespaces for pods', async () => {
    if ((await docker('info', '--format', '{{.SecurityOptions}}')).includes('name=userns')) return
    const why = "Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not support user namespaces"
    expect(await pods.event('user-namespace', 'FailedCreatePodSandBox')).toBe(why)
    expect(await pods.waiting('user-namespace', 'ContainerCreating')).toBe('')
  }, 150_000)

  it('gives volumes their modes, and their group with fsGroup', async () => {
    expect(await pods.report('volumes')).toBe(`777 0:0 /dir
1777 0:0 /memory
777 0:0 /config
755 0:0 /config/deep
644 0:0 /config/deep/key
1777 0:0 /secret
400 0:0 /secret/key
1777 0:0 /projected
644 0:0 /projected/key
644 0:0 /projected/token
`)
    expect(await pods.report('volumes-group')).toBe(`2777 0:2000 /dir
3777 0:2000 /memory
2777 0:2000 /config
2755 0:2000 /config/deep
644 0:2000 /config/deep/key
3777 0:2000 /secret
440 0:2000 /secret/key
3777 0:2000 /projected
644 0:2000 /projected/key
640 0:2000 /projected/token
644 1000:2000 /dir/mine
value`)
  }, 150_000)
})

describe('namespaces of pods on real Docker', () => {
  const inNamespace = 'e2e-namespaces'
  const pods = new ReportPods(kubectl, inNamespace)
  const two = (name: string, more: object = {}) =>
    scriptPod(name, sleep, {
      spec: {
        containers: ['main', 'other'].map(container => ({ name: container, image: 'busybox:1.36', command: ['sh', '-c', sleep] })),
        ...more,
      },
    })
  const onNode = (node: string, more: object) => ({ nodeName: node, tolerations: [{ operator: 'Exists' }], ...more })
  const web = { ports: [{ containerPort: 18080 }] }
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, inNamespace)
    await pods.create(
      two('apart'),
      two('shared', { shareProcessNamespace: true }),
      scriptPod('host', sleep, { spec: onNode('node-1', { hostNetwork: true, hostPID: true, hostIPC: true }), container: web }),
      scriptPod('host-ipc', sleep, { spec: onNode('node-1', { hostIPC: true }) }),
      scriptPod('host-ipc-elsewhere', sleep, { spec: onNode('node-2', { hostIPC: true }) }),
    )
  }, 120_000)
  afterAll(async () => namespace[Symbol.asyncDispose](), 120_000)

  it('gives containers processes of their own, or, when the pod shares them, pause as process 1, which reaps orphans', async () => {
    await Promise.all(['apart', 'shared'].map(name => pods.running(name)))
    const [apart, shared] = await Promise.all(['apart', 'shared'].map(name => pods.exec(name, `${zombie}; tr "\\0" " " </proc/1/cmdline`)))
    expect(apart).toBe('1\nsleep 1000 ')
    expect(shared).toBe('0\n/bin/sh -c eval "$PAUSE" ')
    const processes = await pods.exec('shared', 'ps -o args')
    expect(processes.split('\n').filter(line => line === 'sleep 1000')).toHaveLength(2)
  }, 150_000)

  it('lets the containers of a pod share memory', async () => {
    await pods.running('apart')
    await pods.exec('apart', 'echo between us > /dev/shm/note')
    expect(await pods.exec('apart', 'cat /dev/shm/note', 'other')).toBe('between us\n')
  }, 150_000)

  it('shows a host pod the network, the processes and the memory of its node', async () => {
    const pod = await pods.running('host')
    const node = await serviceContainer('node-1')
    expect(pod.status.podIP).toBe(pod.status.hostIP)
    const link = (name: string) => `ls -l /proc/self/ns/${name} | sed "s/.*-> //"`
    const script = ['net', 'pid', 'ipc'].map(link).join('; ')
    expect(await pods.exec('host', script)).toBe(await docker('exec', node, 'sh', '-c', script))
    expect(await pods.exec('host', 'tr "\\0" " " </proc/1/cmdline')).toContain('/app/supervise')
    expect(await pods.exec('host', 'cat /etc/resolv.conf')).toBe(resolverOf(await docker('exec', node, 'cat', '/etc/resolv.conf')))
  }, 150_000)

  it('lets pods with hostIPC share memory on a node, and not beyond', async () => {
    await Promise.all(['host', 'host-ipc', 'host-ipc-elsewhere'].map(name => pods.running(name)))
    await pods.exec('host-ipc', 'echo for the node > /dev/shm/kubeling-e2e')
    expect(await pods.exec('host', 'cat /dev/shm/kubeling-e2e; rm /dev/shm/kubeling-e2e')).toBe('for the node\n')
    expect(await pods.exec('host-ipc-elsewhere', 'ls /dev/shm')).toBe('')
  }, 150_000)

  it('refuses a second pod that wants the same port of the node', async () => {
    await pods.running('host')
    await pods.create(scriptPod('host-again', sleep, { spec: onNode('node-1', { hostNetwork: true }), container: web }))
    const again = await pods.until('host-again', ({ status }) => status.phase === 'Failed')
    const why = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
    expect(again.status).toMatchObject({ reason: 'NodePorts', message: `Pod was rejected: ${why}` })
  }, 150_000)
})

/** What a kubelet passes on of a node's resolv.conf: no comments. */
const resolverOf = (file: string): string =>
  ['search', 'nameserver', 'options']
    .flatMap(word => file.split('\n').filter(line => line.startsWith(`${word} `)))
    .join('\n')
    .concat('\n')
