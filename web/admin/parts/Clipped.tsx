/** Beside text that is cut where its room ends, whole on hover. */
export function Clipped({ text }: { text: string }) {
  return (
    <span className="clip muted" title={text}>
      {text}
    </span>
  )
}
