import type { Figure } from './figures.ts'

/** Live numbers; those with people behind them open the list of them. */
export function NodeFigures({
  figures,
  onPeople,
  tabIndex,
}: {
  figures: readonly Figure[]
  onPeople: (step: string, way?: string) => void
  tabIndex?: number
}) {
  return (
    <div className="live num">
      {figures.map(({ label, value, opens }) =>
        opens ? (
          <button
            key={label}
            type="button"
            className="nodrag nopan"
            tabIndex={tabIndex}
            onClick={(event) => {
              event.stopPropagation()
              onPeople(opens.step, opens.way)
            }}
          >
            {label} <b key={value}>{value}</b>
          </button>
        ) : (
          <span key={label}>
            {label} <b key={value}>{value}</b>
          </span>
        ),
      )}
    </div>
  )
}
