/** A place in the picture, pixels. */
export type Place = readonly [x: number, y: number];

/** Coordinates are whole numbers of these parts of a pixel: what `\p4` means. */
const PARTS = 8;

/** Sides that are on in each digit: top, upper left, upper right, middle, lower left, lower right, bottom. */
const SEGMENTS = [
  "1110111",
  "0010010",
  "1011101",
  "1011011",
  "0111010",
  "1101011",
  "1101111",
  "1010010",
  "1111111",
  "1111011",
];

/** A closed figure in the drawing commands of Advanced SubStation Alpha; filled by the non-zero rule. */
export function polygon(places: readonly Place[]): string {
  const [first, ...rest] = places.map(([x, y]) => `${Math.round(x * PARTS)} ${Math.round(y * PARTS)}`);
  return rest.length === 0 ? "" : `m ${first} l ${rest.join(" ")}`;
}

/** The rim of a box, `width` wide: an inner figure the other way round is a hole. */
export function rim([left, top, right, bottom]: readonly [number, number, number, number], width: number): string {
  const outer = corners(left, top, right, bottom);
  const inner = corners(left + width, top + width, right - width, bottom - width).toReversed();
  return `${polygon(outer)} ${polygon(inner)}`;
}

/** A stroke from place to place, `width` wide. */
export function stroke(places: readonly Place[], width: number): string {
  const parts = places.slice(1).flatMap((to, k) => segment(places[k] ?? to, to, width));
  return parts.join(" ");
}

/** A number in figures of seven sides, `height` high, its top left corner at `at`. */
export function digits(number: number, [x, y]: Place, height: number): string {
  const [width, thick] = [height * 0.55, Math.max(1.4, height * 0.14)];
  const shapes = [...String(number)].flatMap((digit, k) => {
    const left = x + k * (width + 2 * thick);
    const [right, middle, bottom] = [left + width, y + height / 2, y + height];
    const sides: readonly (readonly [Place, Place])[] = [
      [
        [left, y],
        [right, y],
      ],
      [
        [left, y],
        [left, middle],
      ],
      [
        [right, y],
        [right, middle],
      ],
      [
        [left, middle],
        [right, middle],
      ],
      [
        [left, middle],
        [left, bottom],
      ],
      [
        [right, middle],
        [right, bottom],
      ],
      [
        [left, bottom],
        [right, bottom],
      ],
    ];
    const lit = SEGMENTS[Number(digit)] ?? "";
    return sides.flatMap(([from, to], side) => (lit[side] === "1" ? segment(from, to, thick) : []));
  });
  return shapes.join(" ");
}

function segment(from: Place, to: Place, width: number): string[] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < 0.5) return [];
  const [nx, ny] = [(-dy / length) * (width / 2), (dx / length) * (width / 2)];
  // All the same way round, so that figures that overlap stay filled.
  return [
    polygon([
      [from[0] + nx, from[1] + ny],
      [from[0] - nx, from[1] - ny],
      [to[0] - nx, to[1] - ny],
      [to[0] + nx, to[1] + ny],
    ]),
  ];
}

function corners(left: number, top: number, right: number, bottom: number): Place[] {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}
