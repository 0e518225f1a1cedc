import { run } from './shell.ts'

/** What a machine that runs containers has besides them; a part that the machine cannot show is left out. */
const listings: readonly (readonly [string, ...string[]])[] = [
  ['ip', '-o', 'link', 'show'],
  ['ip', '-4', 'route', 'show', 'table', 'all'],
  ['ip', 'rule', 'show'],
  ['iptables-save'],
  ['docker', 'network', 'ls', '--no-trunc', '--format', '{{.ID}} {{.Name}}'],
  ['docker', 'volume', 'ls', '--format', '{{.Name}}'],
  ['docker', 'ps', '-a', '--format', '{{.Names}}'],
]

/** Interfaces, routes, rules, networks, volumes and containers of the machine, a line each, without counters that change by themselves. */
export async function hostState(): Promise<string[]> {
  const outputs = await Promise.all(
    listings.map(async ([program, ...args]) => {
      try {
        const { code, stdout } = await run(program, args)
        return code === 0 ? stdout.split('\n').map(line => `${program} ${args[0] ?? ''}: ${line}`) : []
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    }),
  )
  return outputs.flat().map(line => line.replace(/\[\d+:\d+\]/g, '').trim())
}
