import type { IncomingMessage } from 'node:http'
import { Transform, type Duplex, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createDeflateRaw, createGunzip, createGzip, createInflateRaw } from 'node:zlib'
import { RewritingStream } from 'parse5-html-rewriting-stream'

/** Where HTML refers to other resources: upstream's atomsToAttrs. */
const references: ReadonlyMap<string, readonly string[]> = new Map([
  ['a', ['href']],
  ['applet', ['codebase']],
  ['area', ['href']],
  ['audio', ['src']],
  ['base', ['href']],
  ['blockquote', ['cite']],
  ['body', ['background']],
  ['button', ['formaction']],
  ['command', ['icon']],
  ['del', ['cite']],
  ['embed', ['src']],
  ['form', ['action']],
  ['frame', ['longdesc', 'src']],
  ['head', ['profile']],
  ['html', ['manifest']],
  ['iframe', ['longdesc', 'src']],
  ['img', ['longdesc', 'src', 'usemap']],
  ['input', ['formaction', 'src', 'usemap']],
  ['ins', ['cite']],
  ['link', ['href']],
  ['object', ['classid', 'codebase', 'data', 'usemap']],
  ['q', ['cite']],
  ['script', ['src']],
  ['source', ['src']],
  ['video', ['poster', 'src']],
])

interface Codec {
  readonly open: () => Duplex
  readonly close: () => Duplex
}
/** The encodings that upstream can look into. */
const codecs: ReadonlyMap<string, Codec> = new Map([
  ['gzip', { open: createGunzip, close: createGzip }],
  ['deflate', { open: createInflateRaw, close: createDeflateRaw }],
])

/** Whether links in it can be rewritten: it is HTML, and encoded in no way that is not known here. */
export function isRewritable({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1)
  const encoding = headers['content-encoding']
  return type.trim() === 'text/html' && (!encoding || codecs.has(encoding))
}

/** What stands before the value of an attribute in the text of a tag. */
const beforeValue = /^[^=]*=\s*["']?/
const isRooted = (link: string) => link.startsWith('/') && !link.startsWith('//')

interface Place {
  readonly startOffset: number
  readonly endOffset: number
}
interface Tag {
  readonly tagName: string
  readonly attrs: readonly { readonly name: string; readonly value: string }[]
  readonly sourceCodeLocation?: (Place & { readonly attrs?: Readonly<Record<string, Place>> }) | null
}

/** A tag whose links to the root of its server lead below the prefix instead; everything else in it stays as it was written. */
function rewrittenTag({ tagName, attrs, sourceCodeLocation }: Tag, raw: string, prefix: string): string {
  const start = sourceCodeLocation?.startOffset ?? 0
  const places = attrs.flatMap(({ name, value }) => {
    const place = sourceCodeLocation?.attrs?.[name]
    if (!place || !references.get(tagName)?.includes(name) || !isRooted(value) || value.startsWith(`${prefix}/`)) return []
    const [before = ''] = beforeValue.exec(raw.slice(place.startOffset - start, place.endOffset - start)) ?? []
    return [place.startOffset - start + before.length]
  })
  // From the end, so that places before stay where they are.
  return places.sort((a, b) => b - a).reduce((tag, at) => tag.slice(0, at) + prefix + tag.slice(at), raw)
}

const toBytes = () => new Transform({ decodeStrings: false, transform: (text: string, _, done) => done(null, Buffer.from(text, 'latin1')) })

/** Upstream's rewriteHTML: passes a page on, while links that begin at the root of its server come to begin at the prefix. */
export async function pipeRewritten(page: IncomingMessage, to: Writable, prefix: string): Promise<void> {
  const rewriter = new RewritingStream()
  rewriter.on('startTag', (tag, raw) => rewriter.emitRaw(rewrittenTag(tag, raw, prefix)))
  const codec = codecs.get(page.headers['content-encoding'] ?? '')
  const opened = codec?.open() ?? page
  // Every byte is a character, so that pages in all encodings that know ASCII come out as they went in.
  opened.setEncoding('latin1')
  await pipeline([...(codec ? [page] : []), opened, rewriter, toBytes(), ...(codec ? [codec.close()] : []), to])
}
