type Colour = readonly [number, number, number];

interface Ellipse {
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
  readonly colour: Colour;
}

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Where the scene of 300 x 300 pixels begins. */
  readonly left: number;
  readonly top: number;
}

/** Where the drawn people stand in the scene: left, top, right, bottom in pixels. */
export const DRAWN_BOXES: readonly (readonly [number, number, number, number])[] = [
  [51, 57, 129, 264],
  [176, 88, 234, 243],
];

/**
 * A picture, RGB row by row, of two people in front of a wall. Detectors that learnt from photographs are sure of both (the
 * bundled SSDLite and YOLOX-nano: 0.9 and more).
 */
export function drawnPeople({ width, height, left, top }: Canvas): Uint8Array {
  const picture = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const sceneY = Math.min(Math.max(y - top, 0), 299);
    const colour: Colour = sceneY < 150 ? [150 + sceneY * 0.3, 170 + sceneY * 0.2, 200] : [110, 105 + sceneY * 0.1, 95];
    for (let x = 0; x < width; x++) picture.set(colour, (y * width + x) * 3);
  }
  for (const part of [...person(90, 260, [150, 40, 40]), ...person(205, 240, [50, 90, 150], 150)]) {
    drawEllipse(picture, width, { ...part, x: part.x + left, y: part.y + top });
  }
  return picture;
}

function person(x: number, footY: number, coat: Colour, height = 200): Ellipse[] {
  const unit = height / 8;
  const part = (dx: number, up: number, rx: number, ry: number, colour: Colour): Ellipse => ({
    x: x + dx * unit,
    y: footY - up * unit,
    radiusX: rx * unit,
    radiusY: ry * unit,
    colour,
  });
  const skin: Colour = [210, 160, 130];
  const sides = [-1, 1].flatMap((side) => [
    part(side * 0.55, 1.9, 0.5, 2, [40, 45, 70]),
    part(side * 0.7, 0.15, 0.6, 0.25, [30, 25, 20]),
    part(side * 1.25, 4.9, 0.38, 1.7, coat),
    part(side * 1.25, 3.2, 0.28, 0.3, skin),
  ]);
  return [...sides, part(0, 5.1, 1.1, 1.8, coat), part(0, 7.2, 0.62, 0.8, skin), part(0, 7.6, 0.66, 0.5, [60, 40, 25])];
}

function drawEllipse(picture: Uint8Array, width: number, { x: cx, y: cy, radiusX, radiusY, colour }: Ellipse): void {
  for (let y = Math.ceil(cy - radiusY); y <= cy + radiusY; y++) {
    if (y < 0 || 3 * width * y >= picture.length) continue;
    for (let x = Math.max(0, Math.ceil(cx - radiusX)); x <= Math.min(width - 1, cx + radiusX); x++) {
      const across = (x - cx) / radiusX;
      if (across ** 2 + ((y - cy) / radiusY) ** 2 > 1) continue;
      const shade = 1 - 0.35 * ((across + 1) / 2);
      picture.set(
        colour.map((value) => value * shade),
        (y * width + x) * 3,
      );
    }
  }
}
