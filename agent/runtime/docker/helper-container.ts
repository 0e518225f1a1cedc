import { randomUUID } from 'node:crypto'
import type Docker from 'dockerode'
import { settled, translated } from './errors.ts'
import { helperLabels } from './labels.ts'
import type { DockerContext } from './options.ts'

/** What a helper has, and what its shell runs when it is started. */
export interface HelperOptions extends Docker.HostConfig {
  readonly script?: string
  /** Instead of the pause image. */
  readonly image?: string
}
type HelperContext = Pick<DockerContext, 'docker' | 'pauseImage' | 'cluster' | 'nodeName' | 'log'>

/** Gives `use` a container that mounts what the options say and that most never start; removes it afterwards. */
export async function withHelper<T>(
  context: HelperContext,
  { image, script, ...hostConfig }: HelperOptions,
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
    settled(container.remove({ force: true })).catch(error => context.log.warn('a helper container could not be removed', { error }))
  }
}
