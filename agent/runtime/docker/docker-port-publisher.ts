import type Docker from 'dockerode'
import { canonicalJson } from '../../../common/hash.ts'
import { PortTakenError, type PortPublisher, type Publication, type PublishedPort } from '../port-publisher.ts'
import { settled, toRuntimeError, translated } from './errors.ts'
import { labels } from './labels.ts'
import { podNetworkName } from './pod-network.ts'

export interface PortPublisherOptions {
  readonly docker: Docker
  readonly cluster: string
  readonly nodeName: string
  /** The container that is this node: its image has what is needed, and its network is where nodes are. */
  readonly nodeContainer: string
  /** An address of the machine. */
  readonly address: string
}

const publicationLabel = 'io.kubeling.publication'
const kind = 'port-publisher'

/** What runs in a publishing container: the script it is given, then nothing. */
const command = 'eval "$LEAD" || exit 1; trap "exit 0" TERM INT; while :; do sleep 2147483647 & wait $!; done'

/** What the engines of Linux, Docker Desktop and Podman say of a port that is not to be had. */
const portInMessage =
  /(?:port is already allocated|address already in use|ports are not available|permission denied|access permissions|cannot expose privileged port)/i

/** Publishes ports by containers that hold them, one for each publication, in the nodes' network. */
export class DockerPortPublisher implements PortPublisher {
  readonly #options: PortPublisherOptions

  constructor(options: PortPublisherOptions) {
    this.#options = options
  }

  async list(): Promise<readonly Publication[]> {
    const found = await this.#containers()
    // One that does not run publishes nothing.
    return found.filter(({ State }) => State === 'running').map(({ Labels }) => JSON.parse(Labels[publicationLabel] ?? '{}') as Publication)
  }

  async publish(publication: Publication, script: string): Promise<void> {
    const { docker, cluster, address } = this.#options
    await this.withdraw(publication.name)
    const { image, network } = await this.#node()
    const ports = publication.ports.map(({ protocol, port }) => [`${port}/${protocol}`, port] as const)
    const container = await translated(
      docker.createContainer({
        name: this.#containerName(publication.name),
        Image: image,
        Entrypoint: ['/bin/sh', '-c', command],
        Cmd: [],
        Env: [`LEAD=${script}`],
        Labels: { [labels.cluster]: cluster, [labels.type]: kind, [publicationLabel]: canonicalJson(publication) },
        ExposedPorts: Object.fromEntries(ports.map(([name]) => [name, {}])),
        HostConfig: {
          NetworkMode: network,
          PortBindings: Object.fromEntries(ports.map(([name, port]) => [name, [{ HostIp: address, HostPort: String(port) }]])),
          CapDrop: ['ALL'],
          CapAdd: ['NET_ADMIN'],
          SecurityOpt: ['no-new-privileges'],
          Sysctls: { 'net.ipv4.ip_forward': '1', 'net.ipv4.conf.default.send_redirects': '0', 'net.ipv4.conf.all.send_redirects': '0' },
          RestartPolicy: { Name: 'always' },
          LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
        },
      }),
    )
    try {
      await container.start()
    } catch (error) {
      await settled(container.remove({ force: true, v: true }))
      throw portTaken(error, publication) ?? toRuntimeError(error)
    }
  }

  async lead(name: string, script: string): Promise<void> {
    const container = this.#options.docker.getContainer(this.#containerName(name))
    const exec = await translated(
      container.exec({ Cmd: ['/bin/sh', '-c', 'eval "$LEAD"'], Env: [`LEAD=${script}`], AttachStdout: true, AttachStderr: true }),
    )
    const stream = await translated(exec.start({ hijack: true, stdin: false }))
    await new Promise<void>((resolve, reject) => {
      stream.on('end', resolve).on('error', reject).resume()
    })
    const { ExitCode } = await translated(exec.inspect())
    if (ExitCode !== 0) throw new Error(`ports of ${name} could not be led elsewhere: the script ended with ${ExitCode}`)
  }

  async canPublish(port: PublishedPort): Promise<boolean> {
    const probe = { name: `probe/${port.port}-${port.protocol}`, ports: [port] }
    try {
      await this.publish(probe, 'true')
      return true
    } catch (error) {
      if (error instanceof PortTakenError) return false
      throw error
    } finally {
      await this.withdraw(probe.name)
    }
  }

  async withdraw(name: string): Promise<void> {
    await settled(this.#options.docker.getContainer(this.#containerName(name)).remove({ force: true, v: true }))
  }

  #containers(): Promise<Docker.ContainerInfo[]> {
    const { docker, cluster } = this.#options
    return translated(docker.listContainers({ all: true, filters: { label: [`${labels.cluster}=${cluster}`, `${labels.type}=${kind}`] } }))
  }

  #containerName(name: string): string {
    // Neither part has underscores, so that no two services share a name.
    return [this.#options.cluster, 'published', ...name.split('/')].join('_')
  }

  /** Asked each time, as the node may have been connected elsewhere. */
  async #node(): Promise<{ image: string; network: string }> {
    const { docker, cluster, nodeName, nodeContainer } = this.#options
    const { Image, NetworkSettings } = await translated(docker.getContainer(nodeContainer).inspect())
    const pods = podNetworkName({ cluster, nodeName })
    const network = Object.keys(NetworkSettings.Networks).find(name => name !== pods)
    if (!network) throw new Error('this node is in no network but that of its pods: no ports can be published')
    return { image: Image, network }
  }
}

function portTaken(error: unknown, { ports }: Publication): PortTakenError | undefined {
  const { message } = toRuntimeError(error)
  if (!portInMessage.test(message)) return undefined
  const numbers = [...message.matchAll(/:(\d+)/g)].map(([, number]) => Number(number))
  const port = numbers.find(number => ports.some(each => each.port === number))
  return port === undefined ? undefined : new PortTakenError(port, { cause: error })
}
