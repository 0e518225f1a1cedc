import { describe, expect, it } from '@jest/globals'
import { asConversionError } from './patch-errors.ts'

describe('a value of the wrong type in a strategic patch', () => {
  it.each([
    ['json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32', 'unrecognized type: int32'],
    ['json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string', 'unrecognized type: string'],
    [
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
      'cannot restore slice from string',
    ],
    [
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type map[string]string',
      'cannot restore map from bool',
    ],
    ['json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec', 'cannot restore struct from: slice'],
    ['strict decoding error: unknown field "spec.x"', 'strict decoding error: unknown field "spec.x"'],
  ])('says of "%s": %s', (message, said) => {
    expect(asConversionError(message)).toBe(said)
  })
})
