import { AnswerCache } from './answer-cache.ts'
import type { Caller } from './authenticate.ts'
import { HttpError } from './http-error.ts'

/** The API server's client certificate for kubelets. */
const apiServer = 'kube-apiserver-kubelet-client'
const administrators = 'system:masters'
/** As long as upstream believes that somebody may, and that somebody may not. */
const [allowedMs, deniedMs] = [5 * 60_000, 30_000]

/** Part of a node, in RBAC's words: `get nodes/metrics`. */
export interface NodeAccess {
  readonly verb: string
  readonly subresource: string
}
/** May the caller do this to the node? Asked of the API server. */
export type AccessReviewer = (caller: Caller, access: NodeAccess) => Promise<boolean>

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  // Ours: a connection to a pod is as much as a connection by port-forward.
  CONNECT: 'create',
}

/** The names under which a path may be granted, the narrowest first: upstream's fine-grained authorization. */
export function accessesOf(method: string | undefined, path: string): NodeAccess[] {
  const verb = verbs[method ?? ''] ?? ''
  const [root = ''] = path.split('/').slice(1)
  return subresourcesOf(root).map(subresource => ({ verb, subresource }))
}

function subresourcesOf(root: string): string[] {
  switch (root) {
    case 'stats':
    case 'metrics':
    case 'checkpoint':
      return [root]
    case 'logs':
      return ['log']
    case 'healthz':
    case 'configz':
      return [root, 'proxy']
    case 'pods':
    case 'runningpods':
    case 'runningPods':
      return ['pods', 'proxy']
    default:
      return ['proxy']
  }
}

/** Decides who may use which part of the agent. The API server and administrators may everything; others are asked about. */
export class Authorizer {
  readonly #review: AccessReviewer | undefined
  readonly #answers = new AnswerCache<boolean>(allowed => (allowed ? allowedMs : deniedMs))

  constructor(review?: AccessReviewer) {
    this.#review = review
  }

  /** Throws 403 in upstream's words. */
  async authorize(caller: Caller, method: string | undefined, path: string): Promise<void> {
    if (caller.groups.includes(administrators) || caller.name === apiServer) return
    const accesses = accessesOf(method, path)
    for (const access of accesses) if (await this.#may(caller, access)) return
    const subresources = accesses.map(({ subresource }) => subresource).join(' ')
    throw new HttpError(403, `Forbidden (user=${caller.name}, verb=${accesses[0]?.verb}, resource=nodes, subresource(s)=[${subresources}])`)
  }

  async #may(caller: Caller, access: NodeAccess): Promise<boolean> {
    const review = this.#review
    if (!review) return false
    const { verb, subresource } = access
    try {
      return await this.#answers.get(JSON.stringify([caller, access]), () => review(caller, access))
    } catch (error) {
      const message = `Authorization error (user=${caller.name}, verb=${verb}, resource=nodes, subresource=${subresource})`
      throw new HttpError(500, message, { cause: error })
    }
  }
}
