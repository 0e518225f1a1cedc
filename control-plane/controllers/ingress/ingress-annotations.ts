import type { Ingress } from '../../../api/networking/ingress.ts'

/** What an ingress asks for beyond its spec, under the names that ingress-nginx gave such wishes. */
export interface IngressWishes {
  /** What the path of requests is replaced by; `$1` is the first group of the path's expression. */
  readonly rewriteTarget: string | undefined
  /** Paths are regular expressions. */
  readonly useRegex: boolean
  /** Whether hosts with a certificate are served over TLS only. */
  readonly sslRedirect: boolean
  /** The same for every host. */
  readonly forceSslRedirect: boolean
  /** Annotations of ingress-nginx that change nothing here. */
  readonly unknown: readonly string[]
}

const prefix = 'nginx.ingress.kubernetes.io/'
const known = ['rewrite-target', 'use-regex', 'ssl-redirect', 'force-ssl-redirect']

export function wishesOf({ metadata: { annotations = {} } }: Ingress): IngressWishes {
  const given = (name: string) => annotations[prefix + name]
  const rewriteTarget = given('rewrite-target') || undefined
  return {
    rewriteTarget,
    // As in ingress-nginx, where whatever is rewritten is an expression.
    useRegex: given('use-regex') === 'true' || rewriteTarget !== undefined,
    sslRedirect: given('ssl-redirect') !== 'false',
    forceSslRedirect: given('force-ssl-redirect') === 'true',
    unknown: Object.keys(annotations)
      .filter(name => name.startsWith(prefix) && !known.includes(name.slice(prefix.length)))
      .sort(),
  }
}
