// The kinds of what happened with somebody. Without schemas, so that screens load little.
export const HISTORY_GROUPS = ['web', 'mail', 'forms', 'sales', 'activities', 'changes'] as const
export type HistoryGroup = (typeof HISTORY_GROUPS)[number]
