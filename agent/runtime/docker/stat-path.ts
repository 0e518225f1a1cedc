import type Docker from 'dockerode'
import { translated } from './errors.ts'

export interface PathStat {
  /** Go's file mode bits. */
  readonly mode: number
  /** Where a link leads in the end, as the container sees it; empty when the path is no link. */
  readonly linkTarget: string
}

/** What the engine says of a path inside a container, running or not. Throws `NotFound` when there is nothing. */
export async function statPath(container: Docker.Container, path: string): Promise<PathStat> {
  const answer = (await translated(container.infoArchive({ path }))) as unknown as { headers: Record<string, string> }
  return JSON.parse(Buffer.from(answer.headers['x-docker-container-path-stat'] ?? '', 'base64').toString()) as PathStat
}
