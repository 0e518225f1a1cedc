import { randomUUID } from 'node:crypto'
import type Docker from 'dockerode'
import { settled, translated } from './errors.ts'
import { helperLabels, labels, ownerFilter, type Owner } from './labels.ts'
import type { DockerContext } from './options.ts'

/** Removes the helpers that an agent before this one was killed over. Only before this one has any. */
export async function removeHelpers(docker: Docker, owner: Owner): Promise<void> {
  const filters = { label: ownerFilter(owner, `${labels.type}=helper`) }
  const left = await translated(docker.listContainers({ all: true, filters }))
  await Promise.all(left.map(({ Id }) => settled(docker.getContainer(Id).remove({ force: true, v: true }))))
}

interface Helper {
  /** What it mounts, and whose namespaces it shares. */
  readonly hostConfig?: Docker.HostConfig
  /** Absent: one that is always here. */
  readonly image?: string
  /** What its shell runs when it is started. */
  readonly script?: string
}
type HelperContext = Pick<DockerContext, 'docker' | 'pauseImage' | 'cluster' | 'nodeName' | 'log'>

/** Gives `use` a container that most never start; removes it afterwards. */
export async function withHelper<T>(
  context: HelperContext,
  { hostConfig, image, script }: Helper,
  use: (container: Docker.Container) => Promise<T>,
): Promise<T> {
  const container = await translated(
    context.docker.createContainer({
      name: `kubeling_helper_${randomUUID()}`,
      Image: image ?? context.pauseImage,
      Entrypoint: ['/bin/sh'],
      ...(script === undefined ? {} : { Cmd: ['-c', script] }),
      Labels: helperLabels(context),
      HostConfig: { NetworkMode: 'none', ...hostConfig },
    }),
  )
  try {
    return await use(container)
  } finally {
    // Nobody waits for the removal: it takes as long as the work itself.
    settled(container.remove({ force: true, v: true })).catch(error =>
      context.log.warn('a helper container could not be removed', { error }),
    )
  }
}
