import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { dns1123SubdomainErrors } from '../../../api/names.ts'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { decode } from '../../../api/schema/decode.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../api/schema/field-error.ts'
import { isRecord } from '../../../api/schema/records.ts'
import { messageOf } from '../../../common/error-message.ts'
import { levels, Policy, stages, type GroupResources, type PolicyRule } from './policy.ts'

/** The policy in a file; throws an Error with upstream's sentence when there is none in it. */
export async function readPolicyFile(path: string): Promise<Policy> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`failed to read file path ${JSON.stringify(path)}: ${messageOf(error)}`, { cause: error })
  }
  try {
    return parsePolicy(text)
  } catch (error) {
    throw new Error(`${messageOf(error)}: from file ${path}`, { cause: error })
  }
}

/** A policy out of its YAML or JSON; throws an Error in upstream's words. */
export function parsePolicy(text: string): Policy {
  const { value: policy, unknown } = decoded(text)
  if (policy.apiVersion !== 'audit.k8s.io/v1' || policy.kind !== 'Policy')
    throw new Error(`unknown group version field ${policy.apiVersion ?? ''}, Kind=${policy.kind ?? ''} in policy`)
  if (unknown.length > 0) {
    const problems = unknown.map(field => `unknown field ${JSON.stringify(field)}`)
    throw new Error(`failed decoding: strict decoding error: ${problems.join(', ')}`)
  }
  const rules = policy.rules ?? []
  const errors = rules.flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`))
  const texts = errors.map(({ field, message }) => `${field}: ${message}`)
  if (texts.length > 0) throw new Error(texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`)
  if (rules.length === 0) throw new Error('loaded illegal policy with 0 rules')
  return policy
}

function decoded(text: string): ReturnType<typeof decode<Policy>> {
  try {
    const json: unknown = parse(text, { logLevel: 'error' })
    if (!isRecord(json)) throw new DecodeError("couldn't get version/kind; json parse error: the policy is no object")
    return decode(Policy, json)
  } catch (error) {
    throw new Error(`failed decoding: ${messageOf(error).split('\n', 1)[0]}`, { cause: error })
  }
}

/** Upstream's validatePolicyRule. */
function ruleErrors(rule: PolicyRule, path: string): FieldError[] {
  const { nonResourceURLs = [], resources = [], namespaces = [], omitStages = [] } = rule
  return [
    ...levelErrors(rule.level, `${path}.level`),
    ...nonResourceURLs.flatMap((url, index) => urlErrors(url, `${path}.nonResourceURLs[${index}]`)),
    ...resources.flatMap(each => resourceErrors(each, `${path}.resources`)),
    ...omitStages.flatMap((stage, index) => stageErrors(stage, `${path}.omitStages[${index}]`)),
    ...(nonResourceURLs.length > 0 && resources.length + namespaces.length > 0
      ? [fieldInvalid(`${path}.nonResourceURLs`, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')]
      : []),
  ]
}

function levelErrors(level: string | undefined, field: string): FieldError[] {
  if (!level) return [fieldRequired(field)]
  return levels.some(each => each === level) ? [] : [fieldNotSupported(field, level, levels)]
}

function urlErrors(url: string, field: string): FieldError[] {
  if (url === '*') return []
  return [
    ...(url.startsWith('/') ? [] : [fieldInvalid(field, url, "non-resource URL rules must begin with a '/' character")]),
    ...(url.slice(0, -1).includes('*')
      ? [fieldInvalid(field, url, "non-resource URL wildcards '*' must be the final character of the rule")]
      : []),
  ]
}

function resourceErrors({ group, resources, resourceNames }: GroupResources, field: string): FieldError[] {
  const why = group ? dns1123SubdomainErrors(group) : []
  return [
    ...(why.length > 0 ? [fieldInvalid(`${field}.group`, group, why.join(','))] : []),
    ...(resourceNames?.length && !resources?.length
      ? [fieldInvalid(`${field}.resourceNames`, resourceNames, 'using resourceNames requires at least one resource')]
      : []),
  ]
}

const stageErrors = (stage: string, field: string): FieldError[] =>
  stages.some(each => each === stage) ? [] : [fieldInvalid(field, stage, `allowed stages are ${stages.join(',')}`)]
