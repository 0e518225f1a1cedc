/** A structure as upstream prints it: Go's field names, null for what is not set. */
export const asInternal = (fields: readonly string[], object: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    fields.map(field => {
      const value = Object.entries(object).find(([key]) => key.toLowerCase() === field.toLowerCase())?.[1]
      return [field, value ?? null]
    }),
  )
