import { messageOf } from '../../common/error-message.ts'
import type { YamlAnswer } from './endpoints/yaml-reader.ts'
import { parseYaml } from './endpoints/yaml-text.ts'

/** What the thread that reads YAML answers to a text. */
export function answerToYaml(text: string): YamlAnswer {
  try {
    const { value, repeated } = parseYaml(text)
    return { json: JSON.stringify(value ?? null), repeated }
  } catch (error) {
    return { error: messageOf(error) }
  }
}
