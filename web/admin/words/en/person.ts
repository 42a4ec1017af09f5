import type { person as ja } from '../ja/person.ts'
import type { Same } from '../same.ts'

export const person: Same<typeof ja> = {
  tabs: 'What to show',
  tab: { story: 'Story', who: 'Profile', work: 'Sales' },
}
