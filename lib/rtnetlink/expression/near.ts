/**
 * Finds the names that were probably meant by another one.
 *
 * @param word What was written.
 * @param names The names that there are.
 * @returns Those that are nearest to it, if any are near.
 */
export function nearest(word: string, names: Iterable<string>): string[] {
  // Two slips are too many for a short word: everything is near it.
  let best = word.length < 4 ? 1 : 2;
  let found: string[] = [];
  for (const name of new Set(names)) {
    const slips = slipsBetween(word.toLowerCase(), name.toLowerCase(), best);
    if (slips > best) continue;
    if (slips < best) found = [];
    best = slips;
    found.push(name);
  }
  return found;
}

/** How many letters must be put in, left out, changed, or swapped with the next; may stop counting behind a limit. */
function slipsBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  let [before, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1] + Number(a[i - 1] !== b[j - 1]);
      row.push(Math.min(last[j] + 1, row[j - 1] + 1, change));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}
