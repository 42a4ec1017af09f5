// Pure: how a computed version is cut into pages.

/** Consecutive buckets with at most `most` rows together (one bucket alone may have more). */
export function pagesOf(counts: readonly { readonly bucket: number; readonly n: number }[], most: number): { from: number; to: number }[] {
  const pages: { from: number; to: number; rows: number }[] = []
  for (const { bucket, n } of counts) {
    const last = pages.at(-1)
    if (last && last.rows + n <= most) pages[pages.length - 1] = { from: last.from, to: bucket, rows: last.rows + n }
    else pages.push({ from: bucket, to: bucket, rows: n })
  }
  return pages.map(({ from, to }) => ({ from, to }))
}
