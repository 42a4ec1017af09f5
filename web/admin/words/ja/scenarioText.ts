export const scenarioText = {
  heading: 'シナリオのテキスト',
  about:
    '保存済みの下書きを、読みやすいファイル（YAML）にしたものです。人に渡したり、履歴に残したり、別の会社の Hagukumi に読み込んだりできます。',
  refs: '「@segments/…」などは名前での参照です。Webhook の URL は含まれません。',
  copy: 'コピー',
  copied: 'コピーしました',
  download: 'ダウンロード',
  from: 'テキストから',
  fromTitle: 'テキストからシナリオを作る',
  fromAbout: 'シナリオのファイル（.scenario.yaml）を選ぶか、内容を貼り付けてください。新しい下書きになり、何も公開されません。',
  file: 'ファイルを選ぶ',
  paste: 'シナリオのテキスト',
  make: '下書きを作る',
  close: '閉じる',
  missing: 'この会社にないため空にしました: {names}。下書きで選び直してください。',
} as const
