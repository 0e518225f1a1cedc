/**
 * Replaces `$(NAME)` by its value and `$$` by `$`, as upstream's expansion: a reference without a value stays as it is, and
 * so does a dollar that begins neither.
 */
export const expand = (text: string, valueOf: (name: string) => string | undefined): string =>
  text.replace(/\$(?:\$|\(([^)]*)\))/g, (found, name: string | undefined) => {
    if (name === undefined) return '$'
    return valueOf(name) ?? found
  })
