/** Words of a person's page: story, activities, notes, tasks, files, calls. */
export const person = {
  tabs: '表示する内容',
  tab: { story: '経緯', who: '基本情報', work: '営業' },
} as const
