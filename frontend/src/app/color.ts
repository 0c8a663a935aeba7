import type { MantineColorsTuple } from "@mantine/core";

type RGB = [number, number, number];

const white: RGB = [255, 255, 255];
const black: RGB = [0, 0, 0];

function parse(hex: string): RGB {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function format(c: RGB): string {
  return `#${c.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;
}

/** mix is a colour with a share (0 to 1) of another one. */
function mix(a: RGB, b: RGB, share: number): RGB {
  return [0, 1, 2].map((i) => (a[i] ?? 0) * (1 - share) + (b[i] ?? 0) * share) as RGB;
}

/** Relative luminance (WCAG 2.2). */
function luminance(c: RGB): number {
  const [r = 0, g = 0, b = 0] = c.map((v) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** contrast is the ratio of two colours' luminances, 1 to 21 (WCAG 2.2). */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(parse(a)), luminance(parse(b))].sort((m, n) => n - m) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

/** What text needs against its background (WCAG 2.2, 1.4.3), with a little to spare. */
const readable = 4.6;

/**
 * shadesOf makes the ten shades of an accent colour. Shade 6 is the accent, made
 * darker until white text on it, and it on white, can be read; shade 4 can be
 * read on the dark background.
 */
export function shadesOf(accent: string): MantineColorsTuple {
  let base = parse(accent);
  while (contrast(format(base), "#ffffff") < readable) base = mix(base, black, 0.06);
  let onDark = mix(base, white, 0.35);
  while (contrast(format(onDark), "#242424") < readable) onDark = mix(onDark, white, 0.1);
  const light = [0.93, 0.84, 0.68, 0.52].map((share) => format(mix(base, white, share)));
  const dark = [0.14, 0.28, 0.42].map((share) => format(mix(base, black, share)));
  return [...light, format(onDark), format(mix(base, white, 0.15)), format(base), ...dark] as unknown as MantineColorsTuple;
}
