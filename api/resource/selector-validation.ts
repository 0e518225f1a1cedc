import { CelError } from '../cel/cel-error.ts'
import { compileExpression } from '../cel/compile-expression.ts'
import { undefinedField, type Shape } from '../cel/undefined-fields.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'
import { slice } from './collection-checks.ts'
import type { DeviceSelector } from './device-selector.ts'

const longestExpression = 10 * 1024
const mostSelectors = 32

/** What an expression can know of a device. */
const device: Shape = {
  fields: {
    driver: 'dyn',
    attributes: { values: { values: 'dyn' } },
    capacity: { values: { values: 'dyn' } },
    allowMultipleAllocations: 'dyn',
  },
}

/** What is wrong with an expression about a device (upstream's CompileCELExpression, without its estimate of costs). */
function expressionError(expression: string): string | undefined {
  try {
    const { resultType } = compileExpression(expression, ['device'])
    if (resultType !== 'bool' && resultType !== 'dyn') return `must evaluate to bool or the unknown type, not ${resultType}`
    return undefinedField(expression, { device })
  } catch (error) {
    if (error instanceof CelError) return error.message
    throw error
  }
}

function expressionErrors(expression: string, path: string): FieldError[] {
  if (expression.length > longestExpression) return [fieldTooLong(path, longestExpression)]
  const error = expressionError(expression)
  return error === undefined ? [] : [fieldInvalid(path, expression, error)]
}

/** `stored`: expressions that are in the store already were good once, and are not looked at again. */
export const selectorErrors = (selectors: readonly DeviceSelector[] | undefined, path: string, { stored = false } = {}): FieldError[] =>
  slice(selectors, path, {
    most: mostSelectors,
    check: ({ cel }, at) => {
      if (!cel) return [fieldRequired(`${at}.cel`)]
      return stored ? [] : expressionErrors(cel.expression, `${at}.cel.expression`)
    },
  })
