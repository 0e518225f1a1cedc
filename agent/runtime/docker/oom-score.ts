import { randomUUID } from 'node:crypto'
import { settled } from './errors.ts'
import { helperLabels } from './labels.ts'
import type { DockerRuntimeOptions } from './options.ts'

/**
 * Whether the engine may lower a process's OOM score: one that lacks CAP_SYS_RESOURCE (a rootless or nested one) fails every
 * start with a negative value. Found out once, with a container that ends at once.
 */
export async function probeOomScore({ docker, pauseImage, log, ...owner }: DockerRuntimeOptions): Promise<boolean> {
  const container = await docker.createContainer({
    name: `kubeling_probe_${randomUUID()}`,
    Image: pauseImage,
    Entrypoint: ['/bin/sh', '-c', 'exit 0'],
    Labels: helperLabels(owner),
    HostConfig: { NetworkMode: 'none', OomScoreAdj: -998 },
  })
  try {
    await container.start()
    return true
  } catch (error) {
    log.warn('the engine cannot lower OOM scores: pods run without their oom_score_adj', { error })
    return false
  } finally {
    await settled(container.remove({ force: true, v: true }))
  }
}
