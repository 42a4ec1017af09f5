import type { measure as ja } from '../ja/measure.ts'
import type { Same } from '../same.ts'

export const measure: Same<typeof ja> = {
  dashboard: 'Dashboard',
}
