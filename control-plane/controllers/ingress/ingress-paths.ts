import type { HTTPIngressPath, Ingress } from '../../../api/networking/ingress.ts'
import { isWritable } from '../proxy/haproxy-text.ts'
import type { PathFilter, PathMatch } from '../proxy/proxy-model.ts'
import type { IngressWishes } from './ingress-annotations.ts'

export interface IngressPath {
  readonly ingress: Ingress
  readonly wishes: IngressWishes
  readonly rule: HTTPIngressPath
  readonly match: PathMatch
}

/** How a path of an ingress is compared; undefined when it cannot be. */
export function pathMatch({ path = '', pathType }: HTTPIngressPath, { useRegex }: IngressWishes): PathMatch | undefined {
  if (!isWritable(path) || (useRegex && !isRegex(path))) return undefined
  if (useRegex && pathType !== 'Exact') return { type: 'Regex', value: `(?i)${path || '/'}` }
  if (pathType === 'Exact') return { type: 'Exact', value: path }
  // What is specific to the implementation is as in ingress-nginx: the beginning of the path, letter by letter.
  return pathType === 'Prefix' ? { type: 'Prefix', value: path.replace(/\/+$/, '') || '/' } : { type: 'Beginning', value: path || '/' }
}

/** What the path of requests becomes, if that is asked for. */
export function rewriteOf({ path = '' }: HTTPIngressPath, { rewriteTarget }: IngressWishes): PathFilter[] {
  if (rewriteTarget === undefined || !isWritable(rewriteTarget)) return []
  return [{ type: 'ReplaceRegex', pattern: path || '/', value: rewriteTarget.replace(/\$(\d)/g, '\\$1') }]
}

const ranks = ['Exact', 'Prefix', 'Regex', 'Beginning']

/** The longest path first, and of paths of one length the exact one: the order that the specification asks for. */
export const bySpecificity = (a: IngressPath, b: IngressPath): number =>
  lengthOf(b.match) - lengthOf(a.match) || ranks.indexOf(a.match.type) - ranks.indexOf(b.match.type)

const lengthOf = ({ type, value }: PathMatch) => (type === 'Regex' ? value.replace('(?i)', '') : value === '/' ? '' : value).length

function isRegex(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}
