import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createDeflateRaw, createGunzip, createGzip, createInflateRaw } from 'node:zlib'
import { RewritingStream, type StartTag } from 'parse5-html-rewriting-stream'

/** Where HTML refers to other resources: upstream's atomsToAttrs. */
const references: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['formaction', 'src', 'usemap'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
}

interface Codec {
  readonly open: () => Duplex
  readonly close: () => Duplex
}
/** The encodings that upstream can look into. */
const codecs: Readonly<Record<string, Codec>> = {
  gzip: { open: createGunzip, close: createGzip },
  deflate: { open: createInflateRaw, close: createDeflateRaw },
}

/** Whether links in it can be rewritten: it is HTML, and encoded in no way that is not known here. */
export function isRewritable({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1)
  const encoding = headers['content-encoding']
  return type.trim() === 'text/html' && (!encoding || encoding in codecs)
}

/** What stands before the value of an attribute in the text of a tag. */
const beforeValue = /^[^=]*=\s*["']?/
const isRooted = (link: string) => link.startsWith('/') && !link.startsWith('//')

/** A tag whose links to the root of its server lead below the prefix instead; everything else in it stays as it was written. */
function rewrittenTag({ tagName, attrs, sourceCodeLocation }: StartTag, raw: string, prefix: string): string {
  const start = sourceCodeLocation?.startOffset ?? 0
  const places = attrs.flatMap(({ name, value }) => {
    const place = sourceCodeLocation?.attrs?.[name]
    if (!place || !references[tagName]?.includes(name) || !isRooted(value) || value.startsWith(`${prefix}/`)) return []
    const [before = ''] = beforeValue.exec(raw.slice(place.startOffset - start, place.endOffset - start)) ?? []
    return [place.startOffset - start + before.length]
  })
  // From the end, so that places before stay where they are.
  return places.sort((a, b) => b - a).reduce((tag, at) => tag.slice(0, at) + prefix + tag.slice(at), raw)
}

/** Every character is a byte, so that pages in all encodings that know ASCII come out as they went in. */
async function* toCharacters(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const chunk of bytes) yield chunk.toString('latin1')
}
async function* toBytes(characters: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const chunk of characters) yield Buffer.from(chunk, 'latin1')
}

/** Upstream's rewriteHTML: passes a page on, while links that begin at the root of its server come to begin at the prefix. */
export async function pipeRewritten(page: Readable & Pick<IncomingMessage, 'headers'>, to: Writable, prefix: string): Promise<void> {
  const rewriter = new RewritingStream()
  rewriter.on('startTag', (tag, raw) => rewriter.emitRaw(rewrittenTag(tag, raw, prefix)))
  const codec = codecs[page.headers['content-encoding'] ?? '']
  const opened = codec ? [codec.open()] : []
  const closed = codec ? [codec.close()] : []
  await pipeline([page, ...opened, toCharacters, rewriter, toBytes, ...closed, to])
}
