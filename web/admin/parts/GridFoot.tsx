import { useWords } from '../words/words.tsx'
import { ErrorNote } from './ErrorNote.tsx'

interface Props {
  selected: number
  selectable: boolean
  total: { n: number; about?: boolean } | undefined
  shown: number
  error: unknown
  retry: () => unknown
}

/** The line under a grid: how many, how many are chosen, which keys work. */
export function GridFoot({ selected, selectable, total, shown, error, retry }: Props) {
  const t = useWords('parts')
  return (
    <div className="grid-foot">
      {error ? (
        <ErrorNote error={error} retry={retry} />
      ) : (
        <>
          <span className="num nowrap">
            {selected > 0 && (
              <>
                <b>{t('selected', { n: selected })}</b> /{' '}
              </>
            )}
            {total ? t(total.about ? 'about' : 'exact', { n: total.n }) : t('shown', { n: shown })}
          </span>
          <span className="hide-s nowrap grid-keys">
            <kbd>J</kbd>
            <kbd>K</kbd>
            <span>{t('move')}</span>
            {selectable && <kbd>X</kbd>}
            {selectable && <span>{t('select')}</span>}
            <kbd>Enter</kbd>
            <span>{t('open')}</span>
          </span>
          {total && <span className="push hide-s num nowrap">{t('shown', { n: shown })}</span>}
        </>
      )}
    </div>
  )
}
