import type { Unit } from "./case.ts";

const scales: Readonly<Record<Unit, readonly (readonly [factor: number, name: string])[]>> = {
  ns: [[1e9, "s"], [1e6, "ms"], [1e3, "us"], [1, "ns"]],
  bytes: [[1e6, "MB"], [1e3, "kB"], [1, "B"]],
  count: [[1, ""]],
};

/** Writes a number with three digits that count. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return Math.round(value).toLocaleString("en");
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** Writes a value so that people can read it, such as "5.90 us". */
export function formatValue(value: number, unit: Unit): string {
  if (unit === "count") return Number.isInteger(value) ? `${value}` : value.toFixed(1);
  const scale = scales[unit].find(([factor]) => Math.abs(value) >= factor) ?? scales[unit].at(-1)!;
  return `${digits(value / scale[0])} ${scale[1]}`;
}

/** Writes a ratio, such as "1.07" or "93". */
export function formatRatio(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

/** Writes the size of a case, such as "100,000". */
export function formatSize(size: number): string {
  return size.toLocaleString("en");
}

/**
 * Lays out a table for a terminal.
 *
 * @param rows The rows, the heading first; their cells stand right but for those of the first columns.
 * @param left How many columns stand left.
 * @returns The lines.
 */
export function table(rows: readonly (readonly string[])[], left = 2): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, i) => i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
      .join("  ").trimEnd()
  );
}
