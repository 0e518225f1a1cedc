import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Event } from '../../api/core/event.ts'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { eventually } from '../support/eventually.ts'
import { extraNode, type ExtraNode } from '../support/extra-node.ts'
import { account, startRegistry, type Registry } from '../support/registry.ts'
import { SlowRegistry } from '../support/slow-registry.ts'
import { docker, kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'
import { run } from '../support/shell.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-images'
const in_ = `-n ${NAMESPACE}`
/** A node with settings of its own: strict, parallel, impatient, talkative, and always short of space. */
const STRICT = 'images-strict'
const settings = {
  KUBELING_UNREACHABLE_REGISTRY: 'fail',
  KUBELING_PARALLEL_PULLS: '0',
  KUBELING_IMAGE_BACKOFF: '2s-5s',
  KUBELING_IMAGE_PULL_PROGRESS_DEADLINE: '6s',
  KUBELING_NODE_STATUS_MAX_IMAGES: '-1',
  KUBELING_IMAGE_GC_HIGH_THRESHOLD: '1',
  KUBELING_IMAGE_GC_LOW_THRESHOLD: '0',
  KUBELING_IMAGE_GC_MINIMUM_AGE: '4s',
  KUBELING_IMAGE_GC_PERIOD: '2s',
}

/** What the registries have, with and without a login. */
const free = ['policy:1', 'digest:1', 'offline:1', 'reported:1', 'unused:1', 'used:1', 'users:1', 'renamed:1']
const closed = ['a:1', 'b:1', 'c:1', 'd:1']

interface Wanted {
  readonly policy?: string
  readonly node?: string
  readonly command?: string[]
  readonly more?: object
}
const podOf = (name: string, image: string, { policy = 'IfNotPresent', node = 'node-1', command, more }: Wanted = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'c', image, imagePullPolicy: policy, command: command ?? ['sleep', '100000'] }],
    ...more,
  },
})
const apply = (...items: object[]) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const pod = async (name: string) => JSON.parse(await kubectl(`get pod ${name} ${in_} -o json`)) as Pod
const waiting = ({ status }: Pod) => status.containerStatuses?.[0]?.state?.waiting
const running = (name: string) => kubectl(`wait ${in_} --for=condition=Ready pod/${name} --timeout=90s`, { timeoutSeconds: 100 })
const events = async (name: string, namespace = NAMESPACE) =>
  (JSON.parse(await kubectl(`get events -n ${namespace} --field-selector involvedObject.name=${name} -o json`)) as { items: Event[] }).items
const said = async (name: string) => (await events(name)).map(({ type, reason, message }) => `${type} ${reason} ${message}`)
const waitsWith = (name: string, ...reasons: string[]) =>
  eventually(
    async () => {
      const found = waiting(await pod(name))
      return reasons.includes(found?.reason ?? '') && found
    },
    { seconds: 60, what: `${name} waiting with ${reasons.join(' or ')}` },
  )
const isHere = async (image: string) => (await run('docker', ['image', 'inspect', image])).code === 0
/** Removes images with all their names, when the last container that uses them is gone. */
const removed = async (...images: string[]): Promise<void> => {
  const ids = await Promise.all(images.map(async image => (await docker('image', 'inspect', image, '--format', '{{.Id}}')).trim()))
  const attempt = async () => {
    await run('docker', ['rmi', '--force', ...ids])
    return !(await Promise.all(ids.map(isHere))).includes(true)
  }
  if (ids.length > 0) await eventually(attempt, { seconds: 60, what: `the removal of ${images.join(', ')}` })
}
const print = (text: string) => process.stdout.write(`    ${text}\n`)

describe('images on real Docker', () => {
  const started: AsyncDisposable[] = []
  const own = <D extends AsyncDisposable>(what: D): D => {
    started.unshift(what)
    return what
  }
  let open: Registry
  let guarded: Registry
  let slow: SlowRegistry
  let strict: ExtraNode

  beforeAll(async () => {
    own(await ownNamespace(kubectl, NAMESPACE))
    slow = own(await SlowRegistry.start())
    const fill = async (registry: Registry, images: readonly string[]) => {
      await Promise.all(images.map(name => registry.push(name)))
      return registry
    }
    ;[strict, open, guarded] = await Promise.all([
      extraNode(STRICT, { settings }).then(own),
      startRegistry().then(registry => fill(own(registry), free)),
      startRegistry({ withAccount: true }).then(registry => fill(own(registry), closed)),
    ])
    // What takes its time begins now, and is looked at further down.
    await apply(
      podOf('missing', `${slow.address}/missing:1`, { node: STRICT }),
      podOf('missing-default', `${slow.address}/missing-default:1`, { node: 'node-3' }),
      podOf('long', slow.add('long', { seconds: 14 }), { node: 'node-2' }),
      podOf('stalled', slow.add('stalled', { seconds: 2, stalls: true }), { node: STRICT }),
    )
  }, 300_000)
  afterAll(async () => {
    await kubectl(`delete pods --all ${in_} --grace-period=0 --force`)
    const addresses = [open, guarded, slow].flatMap(registry => (registry ? [`${registry.address}/`] : []))
    for (const what of started) await what[Symbol.asyncDispose]()
    const here = (await docker('images', '--no-trunc', '--format', '{{.Repository}} {{.ID}}')).split('\n').map(line => line.split(' '))
    const ours = here.flatMap(([name = '', id = '']) => (addresses.some(address => name.startsWith(address)) ? [id] : []))
    await removed(...new Set(ours))
  }, 180_000)

  it('asks the registry each time with Always, once with IfNotPresent, and never with Never', async () => {
    const image = `${open.address}/policy:1`
    const asked = () => open.asked('policy:1')
    const pushed = await asked()
    await apply(podOf('never-absent', image, { policy: 'Never' }))
    await waitsWith('never-absent', 'ErrImageNeverPull')
    expect(await said('never-absent')).toContain(
      `Warning ErrImageNeverPull Container image "${image}" is not present with pull policy of Never`,
    )
    expect(await asked()).toBe(pushed)
    await kubectl(`delete pod never-absent ${in_}`)

    await apply(podOf('once', image))
    await running('once')
    const first = await asked()
    expect(first).toBeGreaterThan(pushed)
    const size = (await docker('image', 'inspect', image, '--format', '{{.Size}}')).trim()
    const pulled = (await said('once')).find(line => line.includes('Successfully pulled'))
    expect(pulled).toMatch(/^Normal Pulled Successfully pulled image "\S+" in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes\.$/)
    expect(pulled).toContain(`Image size: ${size} bytes.`)

    await apply(podOf('again', image), podOf('never', image, { policy: 'Never' }))
    await Promise.all([running('again'), running('never')])
    expect(await asked()).toBe(first)
    expect(await said('again')).toContain(
      `Normal Pulled Container image "${image}" already present on machine and can be accessed by the pod`,
    )
    await apply(podOf('always', image, { policy: 'Always' }))
    await running('always')
    expect(await asked()).toBeGreaterThan(first)
    print(`questions to the registry: ${pushed} by the push, ${first - pushed} by the first pull, ${(await asked()) - first} with Always`)
  }, 120_000)

  it('pulls by digest, and knows names that are none', async () => {
    const image = `${open.address}/digest:1`
    await apply(podOf('tagged', image), podOf('malformed', `${open.address}/Digest:1`))
    await running('tagged')
    const imageId = (await pod('tagged')).status.containerStatuses?.[0]?.imageID
    expect(imageId).toMatch(/sha256:[0-9a-f]{64}$/)
    // The digest of the manifest, by which a registry knows an image; an image's id is that of its configuration.
    const byDigest = (await docker('image', 'inspect', image, '--format', '{{index .RepoDigests 0}}')).trim()
    const asked = () => open.asked(byDigest.slice(`${open.address}/`.length).replace('@', ':'))
    const before = await asked()
    // Without the tag, which the registry does not know, and without the image on the machine.
    await kubectl(`delete pod tagged ${in_}`)
    await removed(image)
    const pulled = { 'by-digest': byDigest, both: byDigest.replace('@', ':other@') }
    await apply(...Object.entries(pulled).map(([name, wanted]) => podOf(name, wanted, { policy: 'Always' })))
    for (const [name, wanted] of Object.entries(pulled)) {
      await running(name)
      expect((await pod(name)).status.containerStatuses?.[0]?.imageID).toBe(imageId)
      expect(await said(name)).toContainEqual(expect.stringContaining(`Normal Pulled Successfully pulled image "${wanted}" in `))
    }
    await eventually(async () => (await asked()) > before, { what: 'a question by digest in the log of the registry' })
    expect((await waitsWith('malformed', 'InvalidImageName')).message).toContain('must be lowercase')
  }, 120_000)

  it('pulls private images with the login of a secret, of either kind, or of the service account, and not without', async () => {
    const [withConfig = '', withLegacy = '', withAccount = '', without = ''] = closed.map(name => `${guarded.address}/${name}`)
    const login = { username: account.username, password: account.password }
    const secret = (name: string, type: string, key: string, content: object) => ({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type },
      stringData: { [key]: JSON.stringify(content) },
    })
    await apply(
      secret('config', 'kubernetes.io/dockerconfigjson', '.dockerconfigjson', { auths: { [guarded.address]: login } }),
      secret('legacy', 'kubernetes.io/dockercfg', '.dockercfg', { [`http://${guarded.address}`]: login }),
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'puller' }, imagePullSecrets: [{ name: 'config' }] },
    )
    await eventually(() => kubectl(`get serviceaccount puller ${in_}`))
    await apply(
      podOf('with-config', withConfig, { more: { imagePullSecrets: [{ name: 'config' }] } }),
      podOf('with-legacy', withLegacy, { more: { imagePullSecrets: [{ name: 'nowhere' }, { name: 'legacy' }] } }),
      podOf('with-account', withAccount, { node: 'node-3', more: { serviceAccountName: 'puller' } }),
      podOf('without', without),
      podOf('not-there', without, { node: 'node-3', more: { imagePullSecrets: [{ name: 'nowhere' }] } }),
    )
    await Promise.all(['with-config', 'with-legacy', 'with-account'].map(running))
    expect((await waitsWith('without', 'ErrImagePull', 'ImagePullBackOff')).message).toMatch(
      /no basic auth credentials|unauthorized|denied/,
    )
    await waitsWith('not-there', 'ErrImagePull', 'ImagePullBackOff')
    const missing = 'Unable to retrieve some image pull secrets (nowhere); attempting to pull the image may not succeed.'
    for (const name of ['with-legacy', 'not-there'])
      expect(await said(name)).toContain(`Warning FailedToRetrieveImagePullSecret ${missing}`)
    // The image is on the machine by now; a pod that may not pull it may not have it either.
    await apply(podOf('thief', withConfig), podOf('friend', withConfig, { more: { imagePullSecrets: [{ name: 'config' }] } }))
    await running('friend')
    expect((await waitsWith('thief', 'ErrImagePull', 'ImagePullBackOff')).message).toMatch(/no basic auth credentials|unauthorized|denied/)
  }, 150_000)

  it('uses the image at hand when no registry is in reach, unless the node is strict; an answer of a registry always counts', async () => {
    const image = `${open.address}/offline:1`
    const gone = `${open.address}/gone:1`
    await docker('pull', '-q', image)
    await docker('tag', image, gone)
    await apply(podOf('refused', gone, { policy: 'Always' }))
    expect((await waitsWith('refused', 'ErrImagePull', 'ImagePullBackOff')).message).toContain('not found')
    await open.stop()
    try {
      await apply(podOf('offline', image, { policy: 'Always' }), podOf('offline-strict', image, { policy: 'Always', node: STRICT }))
      await running('offline')
      expect(await said('offline')).toEqual(
        expect.arrayContaining([
          expect.stringMatching(
            /^Warning Failed Failed to pull image .*connection refused.*; its registry cannot be reached: the image on the machine is used$/,
          ),
          `Normal Pulled Container image "${image}" already present on machine and can be accessed by the pod`,
        ]),
      )
      expect((await waitsWith('offline-strict', 'ErrImagePull', 'ImagePullBackOff')).message).toContain('connection refused')
    } finally {
      await open.start()
    }
  }, 150_000)

  it('says soon in the Node’s status what images there are', async () => {
    const image = `${open.address}/reported:1`
    const reported = async () => {
      const { status } = JSON.parse(await kubectl(`get node ${STRICT} -o json`)) as Node
      return status.images?.find(({ names }) => names?.includes(image))
    }
    const began = Date.now()
    await docker('pull', '-q', image)
    const shown = await eventually(reported, { seconds: 30, what: 'the image in the status' })
    const cameAfter = Date.now() - began
    expect(shown.names).toContainEqual(expect.stringMatching(/\/reported@sha256:[0-9a-f]{64}$/))
    expect(shown.sizeBytes).toBe(Number((await docker('image', 'inspect', image, '--format', '{{.Size}}')).trim()))
    const removed = Date.now()
    await docker('rmi', image)
    await eventually(async () => (await reported()) === undefined, { seconds: 30, what: 'the status without the image' })
    print(`in the status ${cameAfter} ms after the pull began, out of it ${Date.now() - removed} ms after the removal began`)
  }, 90_000)

  it('pulls one image after the other, or all at once where the node is told to', async () => {
    const three = (prefix: string) => [1, 2, 3].map(index => slow.add(`${prefix}-${index}`, { seconds: 1.5 }))
    const waits = async (prefix: string, node: string) => {
      await apply(...three(prefix).map((image, index) => podOf(`${prefix}-${index + 1}`, image, { node })))
      await Promise.all([1, 2, 3].map(index => running(`${prefix}-${index}`)))
      const texts = await Promise.all(
        [1, 2, 3].map(async index => (await said(`${prefix}-${index}`)).find(text => text.includes('Successfully'))),
      )
      print(`${prefix}: ${texts.map(text => /in (.*)\. Image/.exec(text ?? '')?.[1]).join(', ')}`)
      return slow.mostAtOnce(prefix)
    }
    const [serial, parallel] = await Promise.all([waits('serial', 'node-1'), waits('parallel', STRICT)])
    expect(serial).toBe(1)
    expect(parallel).toBeGreaterThan(1)
  }, 180_000)

  it('tells how far a long pull is, and gives up one that stands still', async () => {
    await running('long')
    const progress = (await said('long')).filter(line => /^Normal Pulling Pulling image "\S+": /.test(line))
    expect(progress.length).toBeGreaterThanOrEqual(1)
    expect(progress[0]).toMatch(/: \d+\.\d MB of \d+\.\d MB downloaded, \d of 2 layers done$/)
    print(progress[0] ?? '')
    const given = await eventually(async () => (await said('stalled')).find(line => line.includes('Cancel pulling')), { seconds: 60 })
    expect(given).toMatch(
      /^Warning Failed Failed to pull image "\S+": Cancel pulling image "\S+" because of no progress for 6s, latest progress: ".* downloaded/,
    )
    print(given)
  }, 120_000)

  it('tries a missing image again after longer and longer pauses', async () => {
    const gaps = (name: string) => slow.pulls(name).flatMap((at, index, all) => (index === 0 ? [] : [at - (all[index - 1] ?? 0)]))
    await eventually(async () => gaps('missing').length >= 4 && gaps('missing-default').length >= 1, { seconds: 90, what: 'the fifth try' })
    print(`back-off of 2s-5s: tries ${gaps('missing').join(', ')} ms apart; of 10s-300s: ${gaps('missing-default').join(', ')} ms apart`)
    for (const [index, least] of [2000, 4000, 5000, 5000].entries()) expect(gaps('missing')[index]).toBeGreaterThanOrEqual(least)
    for (const [index, least] of [10_000, 20_000].entries())
      expect(gaps('missing-default')[index] ?? Infinity).toBeGreaterThanOrEqual(least)
    const found = await waitsWith('missing', 'ImagePullBackOff')
    const image = `${slow.address}/missing:1`
    const why = `failed to pull and unpack image "${image}": failed to resolve image: ${image}: not found`
    expect(found.message).toBe(`Back-off pulling image "${image}": ErrImagePull: ${why}`)
    const all = await said('missing')
    for (const line of [
      `Normal Pulling Pulling image "${image}"`,
      `Warning Failed Failed to pull image "${image}": ${why}`,
      'Warning Failed Error: ErrImagePull',
      `Normal BackOff Back-off pulling image "${image}"`,
      'Warning Failed Error: ImagePullBackOff',
    ])
      expect(all).toContain(line)
  }, 120_000)

  it('removes, for want of space, only images that the node brought and nobody uses', async () => {
    const [unused = '', used = '', users = '', renamed = ''] = ['unused:1', 'used:1', 'users:1', 'renamed:1'].map(
      name => `${open.address}/${name}`,
    )
    await docker('pull', '-q', users)
    const once = { node: STRICT, policy: 'Always', command: ['true'], more: { restartPolicy: 'Never' } }
    await apply(
      podOf('used', used, { node: STRICT }),
      ...[unused, users, renamed].map((image, index) => podOf(`once-${index}`, image, once)),
    )
    await running('used')
    for (const index of [0, 1, 2])
      await kubectl(`wait ${in_} --for=jsonpath={.status.phase}=Succeeded pod/once-${index} --timeout=60s`, { timeoutSeconds: 70 })
    const mine = 'kubeling-test/my-own:1'
    await docker('tag', renamed, mine)
    try {
      await kubectl(`delete pods once-0 once-1 once-2 ${in_}`)
      const began = Date.now()
      await eventually(async () => !(await isHere(unused)), { seconds: 60, what: 'the removal of the unused image' })
      print(`removed ${Date.now() - began} ms after its pod was gone`)
      // Every look wants more than there is to remove, and the node's log says so; events about it are limited, as upstream's.
      const looks = async () => {
        const { stdout, stderr } = await run('docker', ['logs', strict.container])
        return `${stdout}${stderr}`.split('image garbage collection failed').length
      }
      const before = await looks()
      await eventually(async () => (await looks()) > before + 1, { seconds: 60, what: 'two more looks' })
      expect(await Promise.all([used, users, renamed, mine, 'busybox:1.36'].map(isHere))).toEqual([true, true, true, true, true])
      expect((await events(STRICT, 'default')).map(({ reason, message }) => `${reason} ${message}`)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(
            /^FreeDiskSpaceFailed .*Failed to garbage collect required amount of images\. Attempted to free \d+ bytes, but only found \d+ bytes eligible to free\.$/,
          ),
          expect.stringMatching(/^ImageGCFailed /),
        ]),
      )
    } finally {
      await run('docker', ['rmi', mine])
    }
  }, 180_000)
})
