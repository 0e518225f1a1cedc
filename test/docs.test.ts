import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const documents = [
  'README.md',
  'examples/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map(name => join('docs', name)),
]
  .filter(file => file.endsWith('.md') && existsSync(file))
  .map(file => ({ file, text: readFileSync(file, 'utf8') }))
const prose = (text: string) => text.replace(/^```[^]*?^```/gm, '')

/** The anchor that a heading gets. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
const anchors = (file: string) => [...prose(readFileSync(file, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading))

/** Whether a relative link leads somewhere, to its heading if it names one. */
function leads(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path ? normalize(join(dirname(from), path)) : from
  return existsSync(target) && (anchor === undefined || anchors(target).includes(anchor))
}

const folders = ['addons', 'agent', 'api', 'client', 'common', 'control-plane', 'docs', 'examples', 'scripts', 'test']
/** Paths from the root of the repository, as far as they are spelled out. */
const isPath = (text: string) => /^[\w./-]+$/.test(text) && folders.some(folder => text.startsWith(`${folder}/`))

describe('documentation', () => {
  it.each(documents)('has links that lead somewhere in $file', ({ file, text }) => {
    const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter(link => !/^[a-z]+:/.test(link))
    expect(links.filter(link => !leads(file, link))).toEqual([])
  })

  it.each(documents)('names paths that exist in $file', ({ text }) => {
    const paths = [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, path = '']) => path).filter(isPath)
    expect(paths.filter(path => !existsSync(path))).toEqual([])
  })

  it('numbers decisions without gaps, as their titles do', () => {
    const files = readdirSync('docs/decisions').sort()
    expect(files.map(file => Number(file.slice(0, 4)))).toEqual(files.map((_, index) => index + 1))
    const titles = files.map(file => readFileSync(join('docs/decisions', file), 'utf8').split('.', 1)[0])
    expect(titles).toEqual(files.map((_, index) => `# ${index + 1}`))
  })
})
