import { PortTakenError, type PortPublisher, type Publication, type PublishedPort } from './port-publisher.ts'

const slot = ({ protocol, port }: PublishedPort) => `${port}/${protocol}`

/** A machine's ports in memory: several publishers may share one, as agents share a machine. */
export class SimulatedPortPublisher implements PortPublisher {
  readonly publications = new Map<string, Publication>()
  /** What was run where the ports of each name are, last of all. */
  readonly scripts = new Map<string, string>()
  /** Ports, as `80/tcp`, that somebody else has. */
  readonly taken = new Set<string>()

  async list(): Promise<readonly Publication[]> {
    return [...this.publications.values()]
  }
  async publish(publication: Publication, script: string): Promise<void> {
    await this.withdraw(publication.name)
    for (const port of publication.ports) if (!(await this.canPublish(port))) throw new PortTakenError(port.port)
    this.publications.set(publication.name, publication)
    this.scripts.set(publication.name, script)
  }
  async lead(name: string, script: string): Promise<void> {
    if (!this.publications.has(name)) throw new Error(`nothing is published for ${name}`)
    this.scripts.set(name, script)
  }
  async canPublish(port: PublishedPort): Promise<boolean> {
    const ours = [...this.publications.values()].some(({ ports }) => ports.some(each => slot(each) === slot(port)))
    return !ours && !this.taken.has(slot(port))
  }
  async withdraw(name: string): Promise<void> {
    this.publications.delete(name)
    this.scripts.delete(name)
  }
}
