import { execFile } from 'node:child_process'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { Deployment } from '../api/apps/deployment.ts'
import { Node } from '../api/core/node.ts'
import { Service } from '../api/core/service.ts'
import { isAlreadyExists } from '../api/errors.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../api/kind.ts'
import { findKindByName } from '../api/kinds.ts'
import type { Client } from '../client/client.ts'
import { discoverKinds } from '../client/discovery.ts'
import { createClient } from '../client/http-client.ts'
import { loadKubeconfig } from '../client/kubeconfig.ts'
import { messageOf } from '../common/error-message.ts'

/** What `scripts/up` does once the containers are started: fetches the credentials, waits, deploys the demo, says what is next. */

const { values: options } = parseArgs({
  options: {
    cluster: { type: 'string', default: 'kubeling' },
    kubeconfig: { type: 'string', default: '.kubeling/kubeconfig' },
    port: { type: 'string', default: '6443' },
    nodes: { type: 'string', default: 'node-1,node-2,node-3' },
    demo: { type: 'string' },
    addon: { type: 'string', multiple: true, default: [] },
  },
})
const started = Date.now()
const execute = promisify(execFile)
const say = (text: string) => console.log(text)
const step = (text: string) => say(`\x1b[1m${`${Math.round((Date.now() - started) / 1000)}s`.padStart(5)}\x1b[0m ${text}`)

/** Repeats `attempt` until it returns something; says what is missing when time is up. */
async function waitFor<T>(what: string, attempt: () => Promise<T | string>): Promise<T> {
  const deadline = Date.now() + 120_000
  let shown = ''
  for (;;) {
    let missing: T | string
    try {
      missing = await attempt()
    } catch (error) {
      missing = messageOf(error)
    }
    if (typeof missing !== 'string') return missing
    if (Date.now() > deadline) throw new Error(`${what} did not come about within two minutes: ${missing}`)
    if (missing !== shown && Date.now() - started > 2_000) step(`  … ${missing}`)
    shown = missing
    await sleep(100)
  }
}

async function container(service: string): Promise<string> {
  const filters = [`label=io.kubeling.cluster=${options.cluster}`, `label=com.docker.compose.service=${service}`]
  const { stdout } = await execute('docker', ['ps', '-q', ...filters.flatMap(filter => ['--filter', filter])])
  const id = stdout.trim().split('\n')[0]
  if (!id) throw new Error(`the container of ${service} is not running: docker logs tells why`)
  return id
}

/** Writes the admin's kubeconfig, pointed at the port on this machine; only its owner may read it. */
async function fetchKubeconfig(): Promise<void> {
  const text = await waitFor('the control plane', async () => {
    const { stdout } = await execute('docker', ['exec', await container('control-plane'), 'cat', '/var/lib/kubeling/admin.kubeconfig'])
    return { stdout }
  })
  const config = text.stdout.replace(/server: .*/, `server: https://127.0.0.1:${options.port}`)
  const current = await readFile(options.kubeconfig, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (current !== config) {
    await mkdir(dirname(options.kubeconfig), { recursive: true })
    await writeFile(`${options.kubeconfig}.new`, config, { mode: 0o600 })
    await rename(`${options.kubeconfig}.new`, options.kubeconfig)
  }
}

async function nodesReady(client: Client): Promise<object | string> {
  const { items } = await client.list(Node)
  const ready = items
    .filter(node => node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
    .map(node => node.metadata.name)
  const missing = options.nodes.split(',').filter(name => !ready.includes(name))
  return missing.length > 0 ? `waiting for ${missing.join(', ')}` : { ready }
}

/** In its namespace, and with what `kubectl apply` leaves on it, so that applying the file again is no surprise. */
function asApplied(object: KubernetesObject, { namespaced }: Kind): KubernetesObject {
  const { namespace = 'default', ...rest } = object.metadata
  const metadata = { annotations: {}, ...rest, ...(namespaced ? { namespace } : {}) }
  const applied = `${JSON.stringify({ ...object, metadata })}\n`
  const annotations = { ...metadata.annotations, 'kubectl.kubernetes.io/last-applied-configuration': applied }
  return { ...object, metadata: { ...metadata, annotations } }
}

/** The kind of an object that a definition before it has just brought. */
const customKind = (client: Client, { apiVersion, kind }: KubernetesObject): Promise<Kind> =>
  waitFor(`the kind ${kind}`, async () => {
    const kinds = await discoverKinds(client)
    return kinds.find(each => each.kind === kind && apiVersionOf(each) === apiVersion) ?? `${apiVersion} ${kind} is not served`
  })

/** Creates what is not there yet; what is there stays as its user has it. */
async function deploy(client: Client, file: string): Promise<void> {
  for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
    const written = document.toJS() as KubernetesObject
    const [version = '', group = ''] = written.apiVersion.split('/').reverse()
    const kind = findKindByName(group, version, written.kind) ?? (await customKind(client, written))
    const object = asApplied(written, kind)
    try {
      await client.create(kind, object)
      step(`created ${object.kind.toLowerCase()} ${object.metadata.name}`)
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }
}

async function deploymentAvailable(client: Client, namespace: string, name: string): Promise<object | string> {
  const { spec, status } = await client.get(Deployment, { namespace, name })
  const available = status.availableReplicas ?? 0
  return available >= (spec.replicas ?? 1) ? { available } : `${available} of ${spec.replicas} pods of ${name} are available`
}

async function demoAnswers(client: Client): Promise<string[]> {
  const { spec } = await client.get(Service, { namespace: 'default', name: 'demo' })
  const node = await container(options.nodes.split(',')[0] ?? '')
  const answer = await waitFor('an answer of the demo', async () => {
    const { stdout } = await execute('docker', [
      'exec',
      node,
      'timeout',
      '2',
      'wget',
      '-qO-',
      `http://${spec.clusterIP}:${spec.ports?.[0]?.port}/`,
    ])
    return { stdout }
  })
  return [answer.stdout.trim()]
}

/** Where load balancers are open on this machine, a line for each service; text while the demo's is not known. */
async function openServices(client: Client): Promise<string[] | string> {
  const { items } = await client.list(Service)
  const balanced = items.filter(({ spec }) => spec.type === 'LoadBalancer' && !spec.loadBalancerClass)
  const missing = balanced.find(({ metadata, status }) => metadata.name === 'demo' && !status.loadBalancer.ingress?.length)
  if (missing) return 'the demo is not open on this machine: kubectl describe service demo tells why'
  return balanced.flatMap(({ metadata, spec, status }) => {
    const [ingress] = status.loadBalancer.ingress ?? []
    if (!ingress) return []
    const taken = (ingress.ports ?? []).filter(({ error }) => error).map(({ port }) => port)
    const ports = (spec.ports ?? []).map(({ port, nodePort }) => (taken.includes(port) ? nodePort : port))
    return [`${metadata.namespace}/${metadata.name}: ${ports.map(port => `${ingress.ip ?? ingress.hostname}:${port}`).join(', ')}`]
  })
}

try {
  await fetchKubeconfig()
  const config = await loadKubeconfig(options.kubeconfig)
  const client = createClient(config)
  await waitFor('the API server', async () => ({ list: await client.list(Node) }))
  step('the API server answers')
  await waitFor('the nodes', () => nodesReady(client))
  step(`nodes ready: ${options.nodes}`)
  if (options.demo) {
    await deploy(client, options.demo)
    await waitFor('the demo Deployment', () => deploymentAvailable(client, 'default', 'demo'))
    step(`the demo answers: ${(await demoAnswers(client)).join(' ')}`)
  }
  for (const addon of options.addon) await deploy(client, addon)
  if (options.addon.length > 0) {
    await waitFor('the ingress proxy', () => deploymentAvailable(client, 'ingress', 'ingress-proxy'))
    step('the ingress proxy is there: kubectl get service -n ingress says where')
  }
  if (process.env['KUBELING_PUBLISH_ADDRESS'] !== 'none') {
    for (const service of await waitFor('an address on this machine', () => openServices(client))) step(`open on this machine: ${service}`)
  }
  say(`
Try next:
  export KUBECONFIG=${options.kubeconfig}
  kubectl get pods -o wide
  kubectl get services                           # those of type LoadBalancer are open on this machine
`)
  process.exit(0)
} catch (error) {
  console.error(`error: ${messageOf(error)}`)
  process.exit(1)
}
