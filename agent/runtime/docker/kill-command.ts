import type Docker from 'dockerode'
import { translated } from './errors.ts'
import { withHelper } from './helper-container.ts'
import type { DockerContext } from './options.ts'

/**
 * Kills a command that was started in a container. The engine has no word for that; but it knows the process by its number on
 * the engine's own machine, where a helper can send the signal. Whatever the command itself had started goes on, as upstream.
 */
export async function killCommand(context: DockerContext, command: Docker.Exec): Promise<void> {
  const { Running, Pid } = await translated(command.inspect())
  if (!Running || !Pid) return
  await withHelper(context, { PidMode: 'host', Privileged: true, script: `kill -9 ${Pid}` }, async helper => {
    await translated(helper.start())
    await translated(helper.wait())
  })
}
