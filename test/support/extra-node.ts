import { type Node } from '../../api/core/node.ts'
import { eventually } from './eventually.ts'
import { run } from './shell.ts'
import { docker, kubectlOfCluster, testCluster } from './test-cluster.ts'

export interface ExtraNodeOptions {
  /** What differs from the nodes of compose.yaml: `{ KUBELING_MEMORY: '512Mi' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** More arguments of `docker run`, such as mounts. */
  readonly run?: readonly string[]
}

/** A node of the test cluster beside those of compose.yaml, with settings of its own. */
export interface ExtraNode extends AsyncDisposable {
  readonly name: string
  /** The container that is the node. */
  readonly container: string
  /** The Node as the API has it now. */
  get(): Promise<Node>
}

const label = `io.kubeling.cluster=${testCluster.name}`
const quietly = async (...args: string[]) => (await docker(...args)).trim().split('\n').filter(Boolean)

/** Starts a node as compose.yaml does, and waits until it is ready. Disposing of it leaves nothing of it or its pods. */
export async function extraNode(name: string, { settings = {}, run = [] }: ExtraNodeOptions = {}): Promise<ExtraNode> {
  const container = `${testCluster.name}-${name}`
  const kubectl = kubectlOfCluster()
  // Of a node of the cluster: the addresses it was made with.
  const [sibling = ''] = await quietly('ps', '-q', '--filter', `label=${label}`, '--filter', 'label=com.docker.compose.service=node-1')
  const inherited = JSON.parse(await docker('inspect', '--format', '{{json .Config.Env}}', sibling)) as string[]
  const image = (await docker('inspect', '--format', '{{.Config.Image}}', sibling)).trim()
  // Nobody else's pods come here: they would meet with what this node is made to suffer.
  const alone = { KUBELING_REGISTER_WITH_TAINTS: 'extra=true:NoSchedule' }
  const environment = { ...Object.fromEntries(inherited.map(entry => entry.split(/=(.*)/s))), ...alone, ...settings, KUBELING_NODE: name }
  const node: ExtraNode = {
    name,
    container,
    get: async () => JSON.parse(await kubectl(`get node ${name} -o json`)) as Node,
    async [Symbol.asyncDispose]() {
      await remove(name, container)
      await kubectl(`delete node ${name} --ignore-not-found --timeout=30s`)
    },
  }
  await remove(name, container)
  await docker(
    'run',
    ...['--detach', '--name', container, '--label', label, '--network', `${testCluster.name}_nodes`, '--cap-add', 'NET_ADMIN'],
    ...['--sysctl', 'net.ipv4.ip_forward=1', '--sysctl', 'net.ipv4.conf.all.rp_filter=0'],
    ...['--volume', `${container}:/var/lib/kubeling`, '--volume', `${testCluster.name}_bootstrap:/var/lib/kubeling-bootstrap:ro`],
    ...['--volume', `${process.env['KUBELING_DOCKER_SOCKET'] ?? '/var/run/docker.sock'}:/var/run/docker.sock`],
    ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...run,
    image,
  )
  await eventually(() => node.get(), { seconds: 120, what: `the node ${name}` })
  await kubectl(`wait --for=condition=Ready node/${name} --timeout=120s`, { timeoutSeconds: 130 })
  return node
}

/** The node's container first, so that no agent starts again what is being removed. */
async function remove(name: string, container: string): Promise<void> {
  const ofNode = ['--filter', `label=${label}`, '--filter', `label=io.kubeling.node=${name}`]
  await removeAll('container', await quietly('ps', '-aq', '--filter', `name=^/${container}$`))
  await removeAll('container', await quietly('ps', '-aq', ...ofNode))
  await removeAll('volume', await quietly('volume', 'ls', '-q', ...ofNode))
  await removeAll('volume', await quietly('volume', 'ls', '-q', '--filter', `name=^${container}$`))
  for (const network of await quietly('network', 'ls', '-q', ...ofNode)) {
    const { code, stderr } = await run('docker', ['network', 'rm', network])
    // Some engines miscount a network's endpoints, and keep it until they are started again.
    if (code !== 0 && !stderr.includes('has active endpoints')) throw new Error(stderr)
  }
}

async function removeAll(kind: 'container' | 'volume', ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await docker(kind, 'rm', '--force', ...ids)
}
