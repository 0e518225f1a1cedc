import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { image, ReportPods, scriptPod } from '../support/report-pods.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-conformance-storage'
const OTHER = `${NAMESPACE}-other`
const pods = new ReportPods(kubectl, NAMESPACE)

/** A volume, and where a pod mounts it: below `/v`, by its name, unless told otherwise. */
interface Mounted {
  readonly source: object
  readonly subPath?: string
  readonly path?: string
}
type Volumes = Readonly<Record<string, Mounted>>

interface PodParts {
  readonly script: string
  readonly spec?: object
  readonly container?: object
}
function volumePod(name: string, volumes: Volumes, { script, spec = {}, container = {} }: PodParts): object {
  const volumeMounts = Object.entries(volumes).map(([volume, { subPath, path = `/v/${volume}` }]) => ({
    name: volume,
    mountPath: path,
    subPath,
  }))
  return scriptPod(name, script, {
    spec: { ...spec, volumes: Object.entries(volumes).map(([volume, { source }]) => ({ name: volume, ...source })) },
    container: { volumeMounts, ...container },
  })
}
/** Prints every file that the volumes show: its path, mode and group, and what it holds. */
const showFiles = `cd /v; find -L . -type f ! -path '*/..*' | sort | while read f; do
  echo "\${f#./} $(stat -L -c '%a %g' $f) $(cat $f)"
done`
const reports = new Map<string, Promise<string>>()
/** What a pod had said when it had ended, asked for once. */
const reportOf = (name: string): Promise<string> => {
  const report = reports.get(name) ?? pods.report(name)
  reports.set(name, report)
  return report
}
/** The lines of a report whose path begins so, without that beginning. */
const below = (report: string, directory: string): string[] =>
  report.split('\n').flatMap(line => (line.startsWith(directory) ? [line.slice(directory.length)] : []))

interface Shape {
  readonly defaultMode?: number
  readonly items?: readonly object[]
  readonly optional?: boolean
}
/** The four ways to show the keys of an object. */
const kinds = {
  configmap: (name: string, shape: Shape) => ({ configMap: { name, ...shape } }),
  secret: (secretName: string, shape: Shape) => ({ secret: { secretName, ...shape } }),
  'projected-configmap': (name: string, { defaultMode, ...shape }: Shape) => ({
    projected: { defaultMode, sources: [{ configMap: { name, ...shape } }] },
  }),
  'projected-secret': (name: string, { defaultMode, ...shape }: Shape) => ({
    projected: { defaultMode, sources: [{ secret: { name, ...shape } }] },
  }),
} as const satisfies Record<string, (name: string, shape: Shape) => object>
type KindName = keyof typeof kinds
const kindNames = Object.keys(kinds) as KindName[]
const item = { key: 'data-2', path: 'path/to/data-2' }
const shapes = {
  plain: {},
  again: {},
  'default-mode': { defaultMode: 0o400 },
  'for-group': { defaultMode: 0o440 },
  mapped: { items: [item] },
  'item-mode': { items: [{ ...item, mode: 0o400 }] },
} as const satisfies Record<string, Shape>
const DATA = 'data'
const inShapes = (names: readonly KindName[], ...wanted: (keyof typeof shapes)[]): Volumes =>
  Object.fromEntries(
    names.flatMap(kind => wanted.map((shape): [string, Mounted] => [`${kind}-${shape}`, { source: kinds[kind](DATA, shapes[shape]) }])),
  )
const objects = (name: string, data: Record<string, string>) => [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: data },
]

const fact = (path: string, fieldPath: string, mode?: number) => ({ path, fieldRef: { fieldPath }, mode })
const amount = (path: string, divisor: string) => ({
  path,
  resourceFieldRef: { containerName: 'main', resource: path.replace('-', 's.'), divisor },
})
/** Both ways to show what is known of the pod. */
const downward = (items: readonly object[], defaultMode?: number): Volumes => ({
  downward: { source: { downwardAPI: { items, defaultMode } } },
  'projected-downward': { source: { projected: { defaultMode, sources: [{ downwardAPI: { items } }] } } },
})
const limits = [amount('limit-cpu', '1'), amount('limit-memory', '1Mi')]
const requests = [amount('request-cpu', '1m'), amount('request-memory', '1Mi')]
const resources = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } }

const combined = {
  projected: {
    sources: [
      { configMap: { name: DATA, items: [{ key: 'data-1', path: 'configmap' }] } },
      { secret: { name: DATA, items: [item] } },
      { downwardAPI: { items: [fact('pod', 'metadata.name')] } },
    ],
  },
}
const parts: Volumes = {
  'part-configmap': { source: { configMap: { name: DATA } }, subPath: 'data-1' },
  'part-secret': { source: { secret: { secretName: DATA } }, subPath: 'data-1' },
  'part-projected': { source: combined, subPath: item.path },
  'part-downward': { source: { downwardAPI: { items: [fact('deep/name', 'metadata.name')] } }, subPath: 'deep/name' },
  'part-resolv': { source: { configMap: { name: DATA } }, subPath: 'data-2', path: '/etc/resolv.conf' },
}
const everything = {
  ...inShapes(kindNames, 'plain', 'again', 'default-mode', 'mapped', 'item-mode'),
  ...downward([fact('name', 'metadata.name'), fact('own-mode', 'metadata.name', 0o400), ...limits, ...requests], 0o440),
  ...parts,
  combined: { source: combined },
  binary: { source: { configMap: { name: 'binary' } } },
}

const media: Volumes = { default: { source: { emptyDir: {} } }, tmpfs: { source: { emptyDir: { medium: 'Memory' } } } }
/** Of each medium its mode and file system, then a file of each mode with its owner and what was read back. */
const writeFiles = `umask 0; for medium in default tmpfs; do
  echo $medium $(($(stat -c %a /v/$medium) % 1000)) $(grep " /v/$medium " /proc/mounts | tail -n 1 | cut -d ' ' -f 3)
  for mode in 644 666 777; do
    echo content > /v/$medium/$mode && chmod $mode /v/$medium/$mode
    echo $medium $(stat -c '%a %u' /v/$medium/$mode) $(cat /v/$medium/$mode)
  done
done`

/** Optional sources that go, change and come while the pod runs, in all four ways. */
const fates = ['goes', 'changes', 'comes'] as const
const optional: Volumes = Object.fromEntries(
  kindNames.flatMap(kind => fates.map((fate): [string, Mounted] => [`${kind}-${fate}`, { source: kinds[kind](fate, { optional: true }) }])),
)
/** What is shown of them, object by object. */
const shown = async () =>
  (
    await pods.exec(
      'live',
      'cd /v; for v in *-goes *-changes *-comes; do echo $v $(for f in $v/*; do cat $f 2>/dev/null && echo; done); done',
    )
  )
    .split('\n')
    .filter(line => line.includes(' '))
    .sort()
const apply = (...items: object[]) => kubectl(`apply ${pods.in} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })

/** Runs beside the first container for as long as that does. */
const beside = {
  name: 'beside',
  image,
  restartPolicy: 'Always',
  command: ['sh', '-c', 'echo hello from beside > /v/shared/said; exec sleep 1000'],
  volumeMounts: [{ name: 'shared', mountPath: '/v/shared' }],
}

const racing = Array.from({ length: 50 }, (_, index) => `racing-${index}`)
const race = (name: string) =>
  volumePod(name, Object.fromEntries(racing.map(each => [each, { source: { configMap: { name: each } } }])), {
    script: 'cat /v/*/data-1 | sort | uniq -c',
  })

describe('volumes as the conformance suite asks for them', () => {
  let namespaces: AsyncDisposable[] = []
  beforeAll(async () => {
    namespaces = await Promise.all([NAMESPACE, OTHER].map(name => ownNamespace(kubectl, name)))
    const ofOthers = { apiVersion: 'v1', kind: 'Secret', metadata: { name: DATA, namespace: OTHER }, stringData: { 'data-1': 'theirs' } }
    await kubectl('create -f -', { input: JSON.stringify(ofOthers) })
    const binary = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'binary' },
      binaryData: { bytes: '3q3+7wD/' },
      data: { text: 'x' },
    }
    const values = { 'data-1': 'value-1', 'data-2': 'value-2' }
    await pods.create(
      ...[DATA, 'goes', 'changes'].flatMap(name => objects(name, values)),
      ...racing.map(name => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'data-1': 'value-1\n' } })),
      binary,
      volumePod('root', everything, {
        script: `${showFiles}; cat /etc/resolv.conf; echo; od -An -tx1 /v/binary/bytes`,
        spec: { securityContext: { seLinuxOptions: { level: 's0:c0,c1' } } },
        container: { resources },
      }),
      volumePod(
        'user',
        { ...inShapes(kindNames, 'plain', 'mapped'), ...downward(limits) },
        { script: showFiles, spec: { securityContext: { runAsUser: 1000 } } },
      ),
      volumePod('group', inShapes(['secret', 'projected-secret'], 'for-group'), {
        script: showFiles,
        spec: { securityContext: { runAsUser: 1000, fsGroup: 1001 } },
      }),
      volumePod('writes-0', media, { script: writeFiles }),
      volumePod('writes-1001', media, { script: writeFiles, spec: { securityContext: { runAsUser: 1001 } } }),
      volumePod(
        'live',
        {
          ...optional,
          ...downward([fact('labels', 'metadata.labels'), fact('notes', 'metadata.annotations')]),
          shared: { source: { emptyDir: {} } },
        },
        {
          script: 'until cat /v/shared/said 2>/dev/null; do sleep 0.1; done; exec sleep 1000',
          spec: { initContainers: [beside] },
        },
      ),
      race('race-1'),
      race('race-2'),
    )
  }, 90_000)
  afterAll(async () => {
    await Promise.all(namespaces.map(namespace => namespace[Symbol.asyncDispose]()))
  }, 120_000)

  it.each(kindNames)(
    'shows the keys of a %s as they are, or in files and modes of one’s choice',
    async kind => {
      const lines = below(await reportOf('root'), `${kind}-`)
      const both = (shape: string, mode: number) => [`${shape}/data-1 ${mode} 0 value-1`, `${shape}/data-2 ${mode} 0 value-2`]
      expect(lines).toEqual([
        ...both('again', 644),
        ...both('default-mode', 400),
        'item-mode/path/to/data-2 400 0 value-2',
        'mapped/path/to/data-2 644 0 value-2',
        ...both('plain', 644),
      ])
    },
    150_000,
  )

  it.each(kindNames)(
    'lets users other than root read a %s',
    async kind => {
      const lines = below(await reportOf('user'), `${kind}-`)
      expect(lines).toEqual(['mapped/path/to/data-2 644 0 value-2', 'plain/data-1 644 0 value-1', 'plain/data-2 644 0 value-2'])
    },
    150_000,
  )

  it.each(['secret', 'projected-secret'])(
    'gives a %s to the group of the pod',
    async kind => {
      const lines = below(await reportOf('group'), `${kind}-for-group/`)
      expect(lines).toEqual(['data-1 440 1001 value-1', 'data-2 440 1001 value-2'])
    },
    150_000,
  )

  it('shows binary data byte for byte', async () => {
    expect((await reportOf('root')).trimEnd()).toMatch(/ de ad fe ef 00 ff$/)
  }, 150_000)

  it.each(['downward', 'projected-downward'])(
    'shows by a %s volume what the pod is called and has, in modes of one’s choice',
    async kind => {
      expect(below(await reportOf('root'), `${kind}/`)).toEqual([
        'limit-cpu 440 0 2',
        'limit-memory 440 0 64',
        'name 440 0 root',
        'own-mode 400 0 root',
        'request-cpu 440 0 250',
        'request-memory 440 0 32',
      ])
    },
    150_000,
  )

  it.each(['downward', 'projected-downward'])(
    'shows by a %s volume what the node has where there is no limit',
    async kind => {
      const { nodeName } = (await pods.get('user')).spec
      const allocatable = await kubectl(`get node ${nodeName} -o jsonpath={.status.allocatable.cpu}/{.status.allocatable.memory}`)
      const [cpu = '', memory = ''] = allocatable.split('/')
      expect(below(await reportOf('user'), `${kind}/`)).toEqual([
        `limit-cpu 644 0 ${cpu}`,
        `limit-memory 644 0 ${Math.ceil(Number(memory.replace('Ki', '')) / 1024)}`,
      ])
    },
    150_000,
  )

  it('shows a ConfigMap, a Secret and what is known of the pod in one directory', async () => {
    expect(below(await reportOf('root'), 'combined/')).toEqual([
      'configmap 644 0 value-1',
      'path/to/data-2 644 0 value-2',
      'pod 644 0 root',
    ])
  }, 150_000)

  it('mounts single files of volumes that follow the API, over files of the image and its own too', async () => {
    const report = await reportOf('root')
    const inParts = ['configmap 644 0 value-1', 'downward 644 0 root', 'projected 644 0 value-2', 'secret 644 0 value-1']
    expect(below(report, 'part-')).toEqual(inParts)
    expect(report.split('\n')).toContain('value-2')
  }, 150_000)

  it.each(['0', '1001'])(
    'lets user %s write files of every mode into empty directories, on disk and in memory',
    async user => {
      const lines = (await reportOf(`writes-${user}`)).trim().split('\n')
      const files = (medium: string) => [644, 666, 777].map(mode => `${medium} ${mode} ${user} content`)
      expect(lines).toEqual([
        expect.stringMatching(/^default 777 (?!tmpfs)\w+$/),
        ...files('default'),
        'tmpfs 777 tmpfs',
        ...files('tmpfs'),
      ])
    },
    150_000,
  )

  it('lets containers of a pod share an empty directory', async () => {
    await eventually(async () => (await kubectl(`logs live -c main ${pods.in}`)) === 'hello from beside\n', { seconds: 90 })
  }, 150_000)

  it('starts pods with fifty ConfigMaps each side by side, with all of them there', async () => {
    for (const report of await Promise.all(['race-1', 'race-2'].map(name => reportOf(name))))
      expect(report.trim()).toBe(`${racing.length} value-1`)
  }, 150_000)

  it('follows optional sources as they go, change and come, in volumes of all kinds', async () => {
    await pods.running('live')
    expect(await shown()).toEqual(kindNames.flatMap(kind => [`${kind}-changes value-1 value-2`, `${kind}-goes value-1 value-2`]).sort())
    await kubectl(`delete configmap,secret goes ${pods.in}`)
    await apply(...objects('changes', { 'data-1': 'value-3', 'data-2': 'value-2' }), ...objects('comes', { 'data-1': 'value-1' }))
    const wanted = kindNames.flatMap(kind => [`${kind}-changes value-3 value-2`, `${kind}-comes value-1`]).sort()
    await eventually(async () => (await shown()).join() === wanted.join(), { seconds: 60, what: 'all changes' })
  }, 150_000)

  it('follows labels and annotations of the pod', async () => {
    await pods.running('live')
    await kubectl(`label pod live colour=blue ${pods.in}`)
    await kubectl(`annotate pod live builder=foo ${pods.in}`)
    const seen = () => pods.exec('live', 'cd /v; cat downward/labels projected-downward/labels downward/notes projected-downward/notes')
    await eventually(async () => (await seen()) === 'colour="blue"colour="blue"builder="foo"builder="foo"', { seconds: 60 })
  }, 150_000)
})
