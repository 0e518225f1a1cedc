import type { RequestInfo } from './request-info.ts'

const verbs = new Set(['watch', 'proxy'])
const subresources = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** Whether a request may take as long as it likes: upstream's BasicLongRunningRequestCheck. */
export const isLongRunning = ({ verb, resource }: Pick<RequestInfo, 'verb' | 'resource'>): boolean =>
  verbs.has(verb) || (resource !== undefined && subresources.has(resource.subresource))
