// What a click may have led to: one meaning for reports, tests of two and the days' sums (KPI-03). Browser-safe.

/** A mail converts when one of these follows a human click on it within CONVERSION_DAYS. */
export const CONVERSIONS = ['form.submitted', 'deal.created', 'scenario.goal'] as const
export const CONVERSION_DAYS = 7
