import { useWords } from '../words/words.tsx'

/** Grey bars while something loads; `rows` of `height` px, the height of what will come. */
export function Skeletons({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  const t = useWords('parts')
  return (
    <div className="skeletons" role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical bars
        <div key={i} style={{ height }}>
          <i style={{ width: `${40 + ((i * 37) % 45)}%` }} />
        </div>
      ))}
    </div>
  )
}
