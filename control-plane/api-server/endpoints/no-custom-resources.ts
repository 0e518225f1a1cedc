import type { Document } from '../interfaces.ts'

const list = { kind: 'CustomResourceDefinitionList', apiVersion: 'apiextensions.k8s.io/v1', metadata: { resourceVersion: '1' }, items: [] }

/**
 * Definitions of custom resources are no kind of ours, but there truly are none: kubectl looks here before it says that it
 * does not know a manifest's kind, and without an answer it would complain about the list instead.
 */
export const noCustomResources: Readonly<Record<string, Document>> = {
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': { contentType: 'application/json', text: JSON.stringify(list) },
}
