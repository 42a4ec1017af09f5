// The folders as a tree, flat and in order. Pure.
import type { Folder } from '#loop/deliver/template/folders/contract.ts'

/** Each folder behind the one it lies in, with how deep it stands. One whose parent is not shown stands at the top. */
export function deepened(folders: readonly Folder[]): { folder: Folder; level: number }[] {
  const known = new Set(folders.map((one) => one.id))
  const under = (parentId: string | null, level: number): { folder: Folder; level: number }[] =>
    folders
      .filter((one) => (one.parentId !== null && known.has(one.parentId) ? one.parentId : null) === parentId)
      .flatMap((folder) => [{ folder, level }, ...(level < 6 ? under(folder.id, level + 1) : [])])
  return under(null, 0)
}

/** Choices of a folder to lie in: none of those inside `but`. */
export function places(folders: readonly Folder[], but: string | null): { value: string; label: string }[] {
  const inside = new Set<string>(but === null ? [] : [but])
  for (let n = -1; n !== inside.size; ) {
    n = inside.size
    for (const one of folders) if (one.parentId !== null && inside.has(one.parentId)) inside.add(one.id)
  }
  return deepened(folders)
    .filter(({ folder }) => folder.mine === 'edit' && !inside.has(folder.id))
    .map(({ folder, level }) => ({ value: folder.id, label: `${'　'.repeat(level)}${folder.name}` }))
}
