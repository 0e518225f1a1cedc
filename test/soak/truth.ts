import type { Pod } from '../../api/core/pod.ts'
import type { Fate } from './plan.ts'

export interface EngineContainer {
  readonly id: string
  readonly running: boolean
  /** In the pod; `POD` for the sandbox. */
  readonly name: string
  readonly uid: string
}

/** What is not as it should be, or not as the API says it is; empty when all is well. Pure. */
export function falseStatuses(pods: readonly Pod[], engine: readonly EngineContainer[], wanted: ReadonlyMap<string, Fate>): string[] {
  const known = new Map(pods.map(pod => [pod.metadata.name, pod]))
  return [
    ...[...wanted.keys()].filter(name => !known.has(name)).map(name => `${name} is lost`),
    ...pods.flatMap(pod => {
      const fate = wanted.get(pod.metadata.name)
      return fate
        ? wrongWith(
            pod,
            fate,
            engine.filter(({ uid }) => uid === pod.metadata.uid),
          )
        : [`${pod.metadata.name} was deleted and is there`]
    }),
    ...engine
      .filter(({ uid }) => !pods.some(({ metadata }) => metadata.uid === uid))
      .map(({ id, name }) => `${name} ${id.slice(0, 12)} belongs to nobody`),
  ]
}

function wrongWith({ metadata, status, spec }: Pod, fate: Fate, engine: readonly EngineContainer[]): string[] {
  const { name } = metadata
  const running = engine.filter(container => container.running)
  const wrong: string[] = []
  if (fate === 'succeeds' && status.phase !== 'Succeeded' && status.phase !== 'Failed')
    wrong.push(`${name} is ${status.phase}, not at its end`)
  if (fate === 'succeeds') return [...wrong, ...running.map(container => `${name} has ended, but ${container.name} runs`)]
  if (status.phase !== 'Running') wrong.push(`${name} is ${status.phase}`)
  if (running.filter(container => container.name === 'POD').length !== 1) wrong.push(`${name} does not have one sandbox`)
  for (const { name: container } of spec.containers) {
    const said = status.containerStatuses?.find(other => other.name === container)
    const runs = running.filter(other => other.name === container)
    if (runs.length > 1) wrong.push(`${container} of ${name} runs ${runs.length} times`)
    if (fate === 'crashes') continue
    if (!said?.ready) wrong.push(`${container} of ${name} is not ready`)
    if (said?.containerID !== `docker://${runs[0]?.id}`)
      wrong.push(`${container} of ${name} is said to be ${said?.containerID}, and is ${runs[0]?.id}`)
  }
  return wrong
}
