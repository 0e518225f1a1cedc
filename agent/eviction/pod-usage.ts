/** What one container of a pod uses; undefined: nobody measured it. */
export interface ContainerUsage {
  readonly name: string
  readonly workingSetBytes?: number
  readonly processes?: number
  /** What the container wrote to its own file system. */
  readonly rootfsBytes?: number
}

/** What a pod uses, as far as it was measured. */
export interface PodUsage {
  readonly containers: readonly ContainerUsage[]
  /** Bytes of its local volumes by their name in the pod. */
  readonly volumes: ReadonlyMap<string, number>
}

/** By uid. */
export type Usages = ReadonlyMap<string, PodUsage>

const sum = (values: readonly (number | undefined)[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0)

export const memoryOf = ({ containers }: PodUsage): number => sum(containers.map(({ workingSetBytes }) => workingSetBytes))
export const processesOf = ({ containers }: PodUsage): number => sum(containers.map(({ processes }) => processes))
export const diskOf = ({ containers, volumes }: PodUsage): number =>
  sum([...containers.map(({ rootfsBytes }) => rootfsBytes), ...volumes.values()])
