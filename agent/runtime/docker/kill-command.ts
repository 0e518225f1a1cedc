import { randomUUID } from 'node:crypto'
import type Docker from 'dockerode'
import { translated } from './errors.ts'
import { withHelper } from './helper-container.ts'
import type { DockerContext } from './options.ts'

/** By this variable a command is known among a container's processes, whatever it has become since. */
export const commandVariable = 'KUBELING_COMMAND'
export const newCommandMark = (): string => `${commandVariable}=${randomUUID()}`

/** What enters a process namespace from outside has no parent in it: such are commands, and what they started is not. */
const killScript = (mark: string) => `
for process in /proc/[0-9]*; do
  grep -q "^PPid:.0$" $process/status && grep -q "${mark}" $process/environ && kill -9 \${process#/proc/}
done
true`

/**
 * Kills a command that was started in a container under a mark. The engine has no word for that; but a helper that joins the
 * container's processes can send the signal. Whatever the command itself had started goes on, as upstream. The helper has no
 * more privileges than other containers: commands of containers that have are beyond its reach.
 */
export async function killCommand(context: DockerContext, command: Docker.Exec, mark: string): Promise<void> {
  const { Running, ContainerID } = await translated(command.inspect())
  if (!Running) return
  const hostConfig = { PidMode: `container:${ContainerID}` }
  await withHelper(context, { hostConfig, script: killScript(mark) }, async helper => {
    await translated(helper.start())
    await translated(helper.wait())
  })
}
