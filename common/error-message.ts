/** What to tell about anything that was thrown: an Error's message, or the thing itself as text. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
