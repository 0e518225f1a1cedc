import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Container } from '../../api/core/container.ts'
import type { Event } from '../../api/core/event.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Volume } from '../../api/core/volume.ts'
import { eventually } from '../support/eventually.ts'
import { extraNode, type ExtraNode } from '../support/extra-node.ts'
import { docker, kubectlOfCluster, ownNamespace, podContainers, serviceContainer, testCluster } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-volumes'
const in_ = `-n ${NAMESPACE}`
const EXTRA = 'extra-volumes'
const host = `/tmp/kubeling-e2e-${testCluster.name}`

type Mounts = Record<string, Partial<NonNullable<Container['volumeMounts']>[number]>>
type Source = Omit<Volume, 'name'>
/** A container that sleeps, or runs a script, with mounts by path. */
const box = (mounts: Mounts, script = 'sleep 100000', more: Partial<Container> = {}) => ({
  name: 'c',
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
  volumeMounts: Object.entries(mounts).map(([mountPath, mount]) => ({ name: 'v', mountPath, ...mount })),
  ...more,
})
const podOf = (name: string, volumes: Record<string, Source>, containers: object[], more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name }, annotations: { note: 'one "line"' } },
  spec: {
    terminationGracePeriodSeconds: 0,
    volumes: Object.entries(volumes).map(([name, source]) => ({ name, ...source })),
    containers,
    ...more,
  },
})
const configMap = (name: string, data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const apply = (...items: object[]) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const get = async (name: string) => JSON.parse(await kubectl(`get pod ${name} ${in_} -o json`)) as Pod
const ready = (...names: string[]) =>
  kubectl(`wait ${in_} --for=condition=Ready ${names.map(name => `pod/${name}`).join(' ')} --timeout=100s`, { timeoutSeconds: 110 })
const sh = (pod: string, script: string) => kubectl(`exec ${in_} ${pod} -- sh -c '${script}'`)
const eventsOf = async (name: string): Promise<Event[]> =>
  (JSON.parse(await kubectl(`get events ${in_} --field-selector involvedObject.name=${name} -o json`)) as { items: Event[] }).items
const failed = (name: string, message: string) =>
  eventually(async () => (await eventsOf(name)).some(event => event.reason === 'FailedMount' && event.message?.includes(message)), {
    seconds: 60,
    what: `the event "${message}" of ${name}`,
  })
const waiting = (name: string, reason: string) =>
  eventually(
    async () => {
      const state = (await get(name)).status.containerStatuses?.[0]?.state?.waiting
      return state?.reason === reason && (state.message ?? '')
    },
    { seconds: 60, what: `${name} waiting with ${reason}` },
  )
/** `mode links owner group name`, with neither sizes nor times, generations all alike. */
const layout = (listing: string) =>
  listing
    .split('\n')
    .filter(line => /^[dl-]/.test(line))
    .map(line => line.replace(/^(\S+)\s+\d+ (\S+)\s+(\S+)\s+\d+ (?:\w+\s+\d+\s+[\d:]+) (.*)$/, '$1 $2 $3 $4'))
    .map(line => line.replace(/\.\.\d{4}(_\d\d){5}\.\d+/g, '..<time>'))
const print = (text: string) => process.stdout.write(`    ${text}\n`)

/**
 * Prints both keys whenever what it sees changes, read through one look at the directory; a generation that is removed between the
 * two is not seen at all.
 */
const reader = `last=; while sleep 0.02; do
  now=$(exec 2>/dev/null; cd -P /live/..data && cat a b | tr "\\n" " " && cat a b >/dev/null) || continue
  case "$now" in "$last"|"") ;; *) last=$now; echo "$now" ;; esac
done`

const downward = {
  items: [
    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
    { path: 'notes/annotation', fieldRef: { fieldPath: "metadata.annotations['note']" }, mode: 0o400 },
    { path: 'cpu', resourceFieldRef: { containerName: 'c', resource: 'limits.cpu', divisor: '1m' } },
  ],
}
const pods = [
  podOf(
    'live',
    {
      v: { configMap: { name: 'live' } },
      picked: { secret: { secretName: 'picked', defaultMode: 0o440, items: [{ key: 'k', path: 'deep/er/k', mode: 0o600 }] } },
      facts: { downwardAPI: downward },
      maybe: { configMap: { name: 'maybe', optional: true } },
      all: {
        projected: {
          sources: [
            { configMap: { name: 'live', items: [{ key: 'a', path: 'from/config' }] } },
            { secret: { name: 'picked' } },
            { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
            { serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 600 } },
          ],
        },
      },
    },
    [
      box(
        {
          '/live': {},
          '/part': { subPath: 'a' },
          '/picked': { name: 'picked' },
          '/facts': { name: 'facts' },
          '/maybe': { name: 'maybe' },
          '/all': { name: 'all' },
        },
        reader,
        { resources: { limits: { cpu: '250m' } } },
      ),
    ],
  ),
  podOf('late', { v: { configMap: { name: 'late' } } }, [box({ '/v': {} })]),
  podOf('no-key', { v: { configMap: { name: 'live', items: [{ key: 'nokey', path: 'x' }] } } }, [box({ '/v': {} })]),
  podOf('no-secret', { v: { projected: { sources: [{ secret: { name: 'absent' } }, { configMap: { name: 'absent' } }] } } }, [
    box({ '/v': {} }),
  ]),
  podOf('nfs', { v: { nfs: { server: 'nowhere', path: '/' } } }, [box({ '/v': {} })]),
  podOf('csi', { v: { csi: { driver: 'none.example' } } }, [box({ '/v': {} })]),
  podOf(
    'scratch',
    { v: { emptyDir: {} }, mem: { emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } }, whole: { emptyDir: { medium: 'Memory' } } },
    [
      box(
        {
          '/disk': {},
          '/disk/inner': { name: 'mem' },
          '/own': { subPathExpr: '$(NAME)/data' },
          '/mem': { name: 'mem' },
          '/whole': { name: 'whole' },
          '/fixed': { readOnly: true, recursiveReadOnly: 'IfPossible' },
        },
        'echo begun >> /disk/log; echo kept >> /mem/log; sleep 100000',
        {
          env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          securityContext: { runAsUser: 1000 },
          resources: { limits: { memory: '32Mi' } },
        },
      ),
    ],
  ),
  podOf('escape', { v: { emptyDir: {} } }, [box({ '/v': { subPath: 'out/passwd' } })], {
    initContainers: [box({ '/v': {} }, 'ln -s /etc /v/out', { name: 'i' })],
  }),
  podOf('recursive', { v: { emptyDir: {} } }, [box({ '/v': { readOnly: true, recursiveReadOnly: 'Enabled' } })]),
  podOf('image', { v: { image: { reference: 'nginx:1.27', pullPolicy: 'IfNotPresent' } } }, [
    box({ '/image': {}, '/part': { subPath: 'usr/share' } }),
  ]),
  podOf('no-image', { v: { image: { reference: 'none.example/none:1', pullPolicy: 'Never' } } }, [box({ '/image': {} })]),
  podOf(
    'host',
    {
      make: { hostPath: { path: `${host}/made/deep`, type: 'DirectoryOrCreate' } },
      missing: { hostPath: { path: `${host}/missing` } },
      null: { hostPath: { path: '/dev/null', type: 'CharDevice' } },
      socket: { hostPath: { path: '/var/run/docker.sock', type: 'Socket' } },
    },
    [
      box({
        '/made': { name: 'make' },
        '/missing': { name: 'missing' },
        '/null': { name: 'null' },
        '/socket': { name: 'socket' },
        '/sub': { name: 'make', subPath: 'made/too' },
      }),
    ],
  ),
]
const wrongTypes = [
  ['/dev/null', 'Directory', 'hostPath type check failed: /dev/null is not a directory'],
  [`${host}-none`, 'Directory', `hostPath type check failed: ${host}-none is not a directory`],
  ['/etc', 'File', 'hostPath type check failed: /etc is not a file'],
  ['/etc', 'FileOrCreate', 'hostPath type check failed: /etc is not a file'],
  [`${host}-none/file`, 'FileOrCreate', `open ${host}-none/file: no such file or directory`],
  ['/etc/hostname', 'Socket', 'hostPath type check failed: /etc/hostname is not a socket file'],
  ['/etc', 'CharDevice', 'hostPath type check failed: /etc is not a character device'],
  ['/dev/null', 'BlockDevice', 'hostPath type check failed: /dev/null is not a block device'],
] as const
const wrongHostPaths = podOf(
  'wrong-paths',
  Object.fromEntries(wrongTypes.map(([path, type], index) => [`v${index}`, { hostPath: { path, type } }])),
  [box(Object.fromEntries(wrongTypes.map((_, index) => [`/v${index}`, { name: `v${index}` }])))],
)

describe('volumes on real Docker', () => {
  let namespace: AsyncDisposable
  /** Whose agent is killed. */
  let extra: ExtraNode
  beforeAll(async () => {
    ;[namespace, extra] = await Promise.all([ownNamespace(kubectl, NAMESPACE), extraNode(EXTRA)])
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'picked' }, stringData: { k: 'secret' } }
    await apply(configMap('live', { a: '0', b: '0' }), secret, ...pods, wrongHostPaths)
  }, 90_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
    await extra[Symbol.asyncDispose]()
    await docker('run', '--rm', '-v', '/tmp:/host', 'busybox:1.36', 'rm', '-rf', `/host/${host.slice('/tmp/'.length)}`)
  }, 150_000)

  it('lays files out as kubelet does: modes, owners, links and generations', async () => {
    await ready('live')
    const config = [
      'd--- root root ..<time>',
      'l777 root root ..data -> ..<time>',
      'l777 root root a -> ..data/a',
      'l777 root root b -> ..data/b',
    ]
    const [directory, link] = ['drwxr-xr-x', 'lrwxrwxrwx']
    const expected = config.map(line => line.replace('d---', directory).replace('l777', link))
    expect(layout(await sh('live', 'ls -la /live')).filter(line => !line.endsWith(' ..'))).toEqual(['drwxrwxrwx root root .', ...expected])
    expect(layout(await sh('live', 'ls -la /live/..data/'))).toContain('-rw-r--r-- root root a')
    const facts = layout(await sh('live', 'ls -laR /facts'))
    expect(facts[0]).toBe('drwxrwxrwt root root .')
    expect(facts).toEqual(expect.arrayContaining([`${link} root root notes -> ..data/notes`, '-r-------- root root annotation']))
    expect(await sh('live', 'cat /facts/labels /facts/notes/annotation /facts/cpu')).toBe('app="live"one "line"250')
    expect(layout(await sh('live', 'ls -la /picked/..data/deep/er'))).toContain('-rw------- root root k')
    expect(layout(await sh('live', 'ls -la /all/'))).toEqual([
      'drwxrwxrwt root root .',
      expect.stringMatching(/ \.\.$/),
      `${directory} root root ..<time>`,
      `${link} root root ..data -> ..<time>`,
      ...['from', 'k', 'name', 'token'].map(name => `${link} root root ${name} -> ..data/${name}`),
    ])
    expect((await kubectl.try(`exec ${in_} live -- touch /live/x`)).stderr).toContain('Read-only file system')
    const [, claims = ''] = (await sh('live', 'cat /all/token')).split('.')
    const { aud, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string[]; exp: number; iat: number }
    expect([aud, exp - iat]).toEqual([['vault'], 600])
  }, 120_000)

  it('shows a change of a ConfigMap within seconds, both keys at once, but not through a subPath', async () => {
    await ready('live')
    const latencies: number[] = []
    const seen = async () =>
      (await kubectl(`logs ${in_} live --timestamps`))
        .trim()
        .split('\n')
        .map(line => {
          const [time = '', ...keys] = line.trim().split(' ')
          return { at: Date.parse(time), keys: keys.join('') }
        })
    for (const value of ['1', '2', '3', '4', '5']) {
      await apply(configMap('live', { a: value, b: value }))
      const applied = Date.now()
      const line = await eventually(async () => (await seen()).find(({ keys }) => keys === `${value}${value}`), {
        seconds: 60,
        what: `${value} in the container`,
      })
      latencies.push(line.at - applied)
    }
    print(`from the end of kubectl apply to the reader in the container: ${latencies.join(', ')} ms`)
    expect(Math.max(...latencies)).toBeLessThan(10_000)
    for (const { keys } of await seen()) expect(keys).toMatch(/^(\d)\1$/)
    expect(await sh('live', 'cat /part /all/from/config')).toBe('05')
  }, 200_000)

  it('shows changes of labels and Secrets, and optional sources as they come and go', async () => {
    await ready('live')
    await kubectl(`label ${in_} pod live colour=blue`)
    await kubectl(`patch ${in_} secret picked -p '{"stringData":{"k":"other"}}'`)
    await apply(configMap('maybe', { here: 'yes' }))
    const seen = 'cat /facts/labels /picked/deep/er/k /all/k /maybe/here'
    await eventually(async () => (await sh('live', seen)) === 'app="live"\ncolour="blue"otherotheryes', {
      seconds: 20,
      what: 'all changes',
    })
    const generation = await sh('live', 'readlink /maybe/..data')
    await kubectl(`annotate ${in_} configmap maybe of-no=interest`)
    await kubectl(`delete ${in_} configmap live`)
    await failed('live', 'MountVolume.SetUp failed for volume "v" : configmap "live" not found')
    expect(await sh('live', 'cat /live/a; readlink /maybe/..data')).toBe(`5${generation}`)
    await kubectl(`delete ${in_} configmap maybe`)
    await apply(configMap('live', { a: '6', b: '6' }))
    await eventually(async () => (await sh('live', 'ls /maybe; cat /live/a')) === '6', { seconds: 30, what: 'an empty directory' })
  }, 150_000)

  it('waits for what is missing with upstream’s events and back-off, and starts when it comes', async () => {
    const message = 'MountVolume.SetUp failed for volume "v" : configmap "late" not found'
    const event = await eventually(
      async () => (await eventsOf('late')).find(event => event.message === message && (event.count ?? 1) >= 5),
      {
        seconds: 60,
        what: 'five failures',
      },
    )
    // 0, 0.5, 1.5, 3.5 and 7.5 seconds: the fifth comes no sooner than seven and a half after the first.
    const elapsed = Date.parse(event.lastTimestamp ?? '') - Date.parse(event.firstTimestamp ?? '')
    print(`${event.count} failures of a mount in ${elapsed / 1000} s`)
    expect(elapsed).toBeGreaterThanOrEqual(500 * (2 ** ((event.count ?? 0) - 1) - 1) - 2000)
    await failed('no-key', 'MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: nokey')
    await failed('no-secret', 'MountVolume.SetUp failed for volume "v" : [secret "absent" not found, configmap "absent" not found]')
    await failed('nfs', 'MountVolume.SetUp failed for volume "v" : volumes of type nfs are not supported by this node')
    await failed('csi', 'driver name none.example not found in the list of registered CSI drivers')
    expect((await get('nfs')).status.containerStatuses?.[0]?.state?.waiting?.reason).toBe('ContainerCreating')
    await apply(configMap('late', { now: 'here' }))
    const created = Date.now()
    await ready('late')
    print(`started ${Date.now() - created} ms after the ConfigMap that was missing`)
  }, 150_000)

  it('checks and makes host paths by their type', async () => {
    await ready('host')
    await Promise.all(wrongTypes.map(([, , message]) => failed('wrong-paths', message)))
    expect(await sh('host', 'stat -c %a,%F /made /missing /null /socket /made/made/too')).toBe(
      '755,directory\n755,directory\n666,character special file\n660,socket\n755,directory\n',
    )
    await apply(
      podOf(
        'host-file',
        { v: { hostPath: { path: `${host}/missing/file`, type: 'FileOrCreate' } }, w: { hostPath: { path: host, type: 'Directory' } } },
        [box({ '/v': {}, '/w': { name: 'w' } })],
      ),
    )
    await ready('host-file')
    expect(await sh('host-file', 'stat -c "%a %F" /v /w/missing/file')).toBe('644 regular empty file\n644 regular empty file\n')
  }, 150_000)

  it('gives emptyDirs to everybody for as long as the pod lives, in memory as large as they may be', async () => {
    await ready('scratch')
    expect(await sh('scratch', 'stat -c %a /disk /own /mem /whole; cd /own && touch mine && stat -c %u mine')).toBe(
      '777\n777\n1777\n1777\n1000\n',
    )
    expect(await sh('scratch', 'df -k /mem /whole | tail -n 2 | tr -s " " | cut -d " " -f 2')).toBe('8192\n32768\n')
    expect(await sh('scratch', 'ls /disk/inner /disk/scratch/data')).toBe('/disk/inner:\nlog\n\n/disk/scratch/data:\nmine\n')
    const { metadata, spec, status } = await get('scratch')
    const fixed = status.containerStatuses?.[0]?.volumeMounts?.find(({ mountPath }) => mountPath === '/fixed')
    expect(fixed).toMatchObject({ readOnly: true, recursiveReadOnly: expect.stringMatching(/^(Disabled|Enabled)$/) })
    const container = [...(await podContainers(metadata.uid))].find(([, name]) => name === 'c')?.[0] ?? ''
    await docker('kill', container)
    await eventually(async () => (await get('scratch')).status.containerStatuses?.[0]?.restartCount === 1, { seconds: 60 })
    await ready('scratch')
    expect(await sh('scratch', 'cat /disk/log /mem/log')).toBe('begun\nbegun\nkept\nkept\n')
    await kubectl(`delete ${in_} pod scratch --timeout=60s`, { timeoutSeconds: 70 })
    const node = await serviceContainer(spec.nodeName ?? '')
    const gone = async () => !(await docker('exec', node, 'ls', '/var/lib/kubeling/volumes')).includes(metadata.uid)
    await eventually(gone, { seconds: 60, what: 'a node without the volumes of the pod' })
    expect(await docker('volume', 'ls', '-q', '--filter', `label=io.kubernetes.pod.uid=${metadata.uid}`)).toBe('')
  }, 150_000)

  it('refuses sub-paths that lead out of their volume, and what the engine cannot mount', async () => {
    expect(await waiting('escape', 'CreateContainerConfigError')).toBe('failed to prepare subPath for volumeMount "v" of container "c"')
    const version = Number((await docker('version', '--format', '{{.Server.APIVersion}}')).split('.')[1])
    if (version >= 44) return void (await ready('recursive'))
    expect(await waiting('recursive', 'CreateContainerConfigError')).toBe(
      'failed to resolve recursive read-only mode: volume "v" requested recursive read-only mode, but it is not supported by the runtime',
    )
  }, 120_000)

  it('shows the files of an image, read-only', async () => {
    await ready('image')
    expect(await sh('image', 'ls /image/usr/share/nginx/html /part/nginx/html')).toContain('index.html')
    expect(await sh('image', 'ls -a /image')).not.toContain('.dockerenv')
    expect((await kubectl.try(`exec ${in_} image -- touch /image/x`)).stderr).toContain('Read-only file system')
    expect(await waiting('no-image', 'ErrImageNeverPull')).toContain('is not present with pull policy of Never')
  }, 120_000)

  it('clears away the volumes of pods long gone, whatever an agent that was killed left of them', async () => {
    const node = extra.container
    const volumes = '/var/lib/kubeling/volumes'
    const labels = [`io.kubeling.cluster=${testCluster.name}`, `io.kubeling.node=${EXTRA}`]
    const orphan = `orphan-${testCluster.name}`
    const plant = `cd ${volumes} && mkdir -p dead_v/data ..half/data && echo -n dead > dead_v/pod && echo x > dead_v/data/x`
    await docker('exec', node, 'sh', '-c', plant)
    await docker('volume', 'create', ...labels.flatMap(label => ['--label', label]), '--label', 'io.kubernetes.pod.uid=dead', orphan)
    const helper = [...labels, 'io.kubernetes.docker.type=helper'].flatMap(label => ['--label', label])
    await docker('create', '--name', orphan, ...helper, 'busybox:1.36')
    await docker('exec', node, 'sh', '-c', 'kill -9 $(pidof node)')
    await eventually(
      async () => {
        const [files, volume, container] = await Promise.all([
          docker('exec', node, 'ls', '-A', volumes),
          docker('volume', 'ls', '-q', '--filter', `name=${orphan}`),
          docker('ps', '-aq', '--filter', `name=${orphan}`),
        ])
        return !/dead_v|\.\.half/.test(files) && volume === '' && container === ''
      },
      { seconds: 120, what: 'the end of what was left' },
    )
  }, 150_000)
})
