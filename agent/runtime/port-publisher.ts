export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly port: number
}

/** Ports that are open on the machine for one name, and where packets go that come in. */
export interface Publication {
  /** `namespace/name` of the service. */
  readonly name: string
  readonly ports: readonly PublishedPort[]
}

/** Somebody else on the machine has the port. */
export class PortTakenError extends Error {
  readonly port: number
  constructor(port: number, options?: ErrorOptions) {
    super(`port ${port} is in use on this machine`, options)
    this.port = port
  }
}

/** Opens ports of the machine that the nodes run on. What it opened outlives it. */
export interface PortPublisher {
  /** The publications there are, whoever made them. */
  list(): Promise<readonly Publication[]>
  /** Opens the ports, and closes others of that name. Throws PortTakenError with one that cannot be had: then none is open. */
  publish(publication: Publication, script: string): Promise<void>
  /** Runs another script where the ports are: packets go elsewhere from now on. */
  lead(name: string, script: string): Promise<void>
  /** Whether the port could be opened now. */
  canPublish(port: PublishedPort): Promise<boolean>
  /** Closes the ports of a name, if there are any. */
  withdraw(name: string): Promise<void>
}
