/**
 * The value below which a part of the samples lies, between two of them where it falls there.
 *
 * @param samples The samples, in any order.
 * @param part From 0 to 1: 0.5 is the median.
 * @returns The value.
 */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const low = Math.floor(at);
  const next = sorted[Math.min(low + 1, sorted.length - 1)];
  return sorted[low] + (at - low) * (next - sorted[low]);
}

/** The value in the middle of the samples. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** How far the middle half of the samples is spread around the median, as a part of it: 0.02 is ±2 %. */
export function spread(samples: readonly number[]): number {
  const middle = median(samples);
  return middle === 0 ? 0 : (quantile(samples, 0.75) - quantile(samples, 0.25)) / 2 / middle;
}
