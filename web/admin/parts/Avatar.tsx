const hues = [222, 262, 160, 28, 340, 190, 48, 300]

/** A round tile with the first letter of the surname (names are written surname first). Decorative: show the name beside it. */
export function Avatar({ name, size = 26 }: { name: string; size?: number }) {
  const letters = [...name.trim()]
  const hue = hues[letters.reduce((sum, c) => sum + (c.codePointAt(0) ?? 0), 0) % hues.length] ?? 222
  return (
    <span
      className="av"
      aria-hidden
      style={{
        width: size,
        height: size,
        fontSize: Math.max(11, size * 0.42),
        background: `light-dark(hsl(${hue} 70% 92%), hsl(${hue} 30% 24%))`,
        color: `light-dark(hsl(${hue} 55% 32%), hsl(${hue} 70% 80%))`,
      }}
    >
      {letters[0] ?? '?'}
    </span>
  )
}

/** Avatar, name and a second text in one line that clips. */
export function Who({ name, sub }: { name: string; sub?: string | null | undefined }) {
  return (
    <span className="who">
      <Avatar name={name} />
      <span className="clip">
        <b>{name}</b>
        {sub && <span className="muted who-sub">{sub}</span>}
      </span>
    </span>
  )
}
