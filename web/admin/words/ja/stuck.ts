/** People for whom nothing runs because of a fault. */
export const stuck = {
  title: '処理が止まっている人',
  crumb: '設定',
  band: 'この人の処理が止まっています（{when}から）。',
  /** What stopped somebody. */
  kinds: {
    fault: '行動を処理できませんでした',
    circle: 'ルールどうしが互いを動かし続けたため、止めました',
    restless: '同じ処理がくり返され続けるため、止めました',
  },
  kept: 'スコア・セグメント・シナリオは進みません。そのあいだの行動は失われず、再開すると処理されます。',
  help: {
    fault: '直してからもう一度試すか、そのまま試してください。',
    circle: '互いを動かしているルールのどれかを直してから、もう一度試してください。',
    restless: 'この設定を直してから、もう一度試してください。',
  },
  hint: 'エラーなどで、スコア・セグメント・シナリオが進まなくなった人です。そのあいだの行動は失われず、再開すると処理されます。',
  retry: 'もう一度試す',
  retrySome: '{n, number}人をもう一度試す',
  retryAll: '全員をもう一度試す',
  retried: '{n, number}人をもう一度試しています。直っていなければ、またここに出ます。',
  person: '名前',
  company: '会社',
  why: '理由',
  reason: '{kind}：{what}',
  since: '止まった時刻',
  empty: '止まっている人はいません',
  emptyText: 'だれかの処理がエラーで止まると、理由とともにここに出ます。ほかの人の処理は止まりません。',
} as const
