/** Columns by key; the name stands first and is not among them. Keys are names of facts where there is one: exports know the same. */
export const SCORE_COLUMN = 'score.main.total'
export const USUAL_COLUMNS = ['companyName', 'sales.stage', SCORE_COLUMN, 'owner', 'last'] as const
const OWN: ReadonlySet<string> = new Set([...USUAL_COLUMNS, 'mail', 'createdAt', 'lastSeenAt', 'externalId', 'tags', 'priority'])

/** Columns that must be asked of the server besides. */
export const isFactColumn = (key: string): boolean => !OWN.has(key)
