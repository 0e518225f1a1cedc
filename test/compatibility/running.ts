import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { words } from '../support/kubectl.ts'
import { must } from '../support/shell.ts'
import { untilOutput, type Context } from './context.ts'

/** Commands that reach into pods. */
export function running({ kubectl, in_, namespace, command }: Context): void {
  // `script` gives kubectl a terminal, as a person has one.
  const atTerminal = (args: string) =>
    must('script', ['-qec', `stty rows 33 cols 99; ${kubectl.path} ${args}`, '/dev/null'], { env: kubectl.env })

  command('run', 'starts a pod; attached, with its output', async () => {
    await Promise.all([
      kubectl(`run served ${in_} --image=busybox:1.36 -- httpd -f -p 8080 -h /etc`),
      kubectl(`run crashing ${in_} --image=busybox:1.36 --restart=Never -- sh -c 'echo broken; exit 3'`),
    ])
    expect(
      await kubectl(`run once ${in_} --image=busybox:1.36 --restart=Never --rm -i -- sh -c 'read x; echo got $x'`, { input: 'through\n' }),
    ).toMatch(/^got through\n[^]*pod "once" deleted/)
    await kubectl(`wait --for=condition=Ready pod/served ${in_} --timeout=30s`)
  })

  command('logs', 'prints, follows and selects; says why there are none', async () => {
    const follow = untilOutput(kubectl, `logs -f deployment/web ${in_} --tail=2`, /line \d+\nline \d+\nline \d+\nline \d+\n/)
    const [tail, prefixed, broken] = await Promise.all(
      ['deployment/web --tail=3', '-l app=web --prefix --tail=1', 'crashing'].map(what => kubectl(`logs ${what} ${in_}`)),
    )
    expect(tail?.trim().split('\n')).toHaveLength(3)
    expect(prefixed).toMatch(/^\[pod\/web-\S+\/c\] line \d+/)
    expect(broken).toBe('broken\n')
    await follow
    const previous = await kubectl.try(`logs served --previous ${in_}`)
    expect(previous.stderr).toBe('Error from server (BadRequest): previous terminated container "served" in pod "served" not found\n')
  })

  command('exec', 'runs commands, with exit codes, input and a terminal', async () => {
    expect(await kubectl(`exec ${in_} deployment/web -- echo hello`)).toBe('hello\n')
    expect((await kubectl.try(`exec ${in_} deployment/web -- sh -c 'exit 3'`)).code).toBe(3)
    expect(await kubectl(`exec -i ${in_} deployment/web -- cat`, { input: 'through\n' })).toBe('through\n')
    expect(await atTerminal(`exec -it ${in_} deployment/web -- tty`)).toMatch(/\/dev\/pts\/\d/)
    expect(await atTerminal(`exec -it ${in_} deployment/web -- sh -c 'sleep 0.5; stty size'`)).toContain('33 99')
    const dead = await kubectl.try(`exec ${in_} crashing -- date`)
    expect(dead.stderr).toContain('cannot exec into a container in a completed pod; current phase is Failed')
  })

  command('attach', 'shows what the process prints', async () => {
    expect(await untilOutput(kubectl, `attach deployment/web ${in_}`, /line \d+\n/)).toContain('line')
  })

  command('cp', 'copies both ways', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'compat-'))
    try {
      await writeFile(join(folder, 'up'), 'carried\n')
      await kubectl(`cp ${folder}/up ${namespace}/served:/tmp/up`)
      await kubectl(`cp ${namespace}/served:/tmp/up ${folder}/down`)
      expect(await readFile(join(folder, 'down'), 'utf8')).toBe('carried\n')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  command('port-forward', 'forwards, also after a client has hung up', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const child = spawn(kubectl.path, words(`port-forward pod/served ${port}:8080 ${in_}`), { env: { ...process.env, ...kubectl.env } })
    try {
      // A connection of its own each time: a kept one may be closed by the server just when it is used again.
      const get = async () => (await fetch(`http://127.0.0.1:${port}/hostname`, { headers: { connection: 'close' } })).text()
      expect((await eventually(get, { seconds: 15 })).trim()).toBe('served')
      expect((await eventually(get, { seconds: 15 })).trim()).toBe('served')
    } finally {
      child.kill('SIGKILL')
    }
  })

  command('replace --force, delete --force', 'leaves nothing behind', async () => {
    const manifest = await kubectl(`run served ${in_} --image=busybox:1.36 --dry-run=client -o yaml -- sleep 1000`)
    expect(await kubectl(`replace --force --grace-period=0 ${in_} -f -`, { input: manifest })).toMatch(
      /pod "served" deleted[^]*pod\/served replaced/,
    )
    expect(await kubectl(`delete pod served crashing ${in_} --grace-period=0 --force`)).toMatch(/pod "served" force deleted/)
  })
}
