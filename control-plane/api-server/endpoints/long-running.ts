import type { RequestInfo } from './request-info.ts'

const verbs = new Set(['watch', 'proxy'])
const subresources = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** Whether a request may take as long as it likes: upstream's BasicLongRunningRequestCheck. */
export const isLongRunning = ({ verb, path, resource }: Pick<RequestInfo, 'verb' | 'path' | 'resource'>): boolean =>
  verbs.has(verb) || (resource === undefined ? path.startsWith('/debug/pprof/') : subresources.has(resource.subresource))
