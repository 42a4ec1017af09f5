export const measure = {
  dashboard: 'ダッシュボード',
} as const
