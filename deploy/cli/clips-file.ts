import { realpath } from "node:fs/promises";
import { dirname, parse as pathParts, resolve } from "node:path";
import Type from "typebox";
import { assertFile } from "../../edge-agent/camera/video-file.ts";
import type { LabelledClip } from "../../edge-agent/replay/calibrate/labelled-clip.ts";
import { LineConfig, Point, ZoneConfig } from "../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../firmware-config/config/with-defaults.ts";
import { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
import { JsonFile } from "./json-file.ts";

const count = Type.Integer({ minimum: 0, maximum: 100_000 });
const Id = Type.Optional(Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }));
const Clips = new SchemaCheck(
  Type.Array(
    Type.Object(
      {
        video: Type.String({ minLength: 1, maxLength: 1024 }),
        fps: Type.Optional(Type.Number({ minimum: 1, maximum: 60 })),
        lines: Type.Optional(
          Type.Array(
            Type.Object({ id: Id, from: Point, to: Point, in: count, out: count }, { additionalProperties: false }),
            { maxItems: 32 },
          ),
        ),
        zones: Type.Optional(
          Type.Array(
            Type.Object(
              {
                id: Id,
                polygon: Type.Array(Point, { minItems: 3, maxItems: 64 }),
                visits: count,
                stops: Type.Optional(count),
              },
              { additionalProperties: false },
            ),
            { maxItems: 32 },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    { minItems: 2, maxItems: 64 },
  ),
);
const MAX_BYTES = 1024 * 1024;
const HINT =
  'Write two or more of [{"video": "door.mp4", "lines": [{"from": [0.2, 0.5], "to": [0.8, 0.5], "in": 12, "out": 9}]}], with in and out as a person counted them.';
/** What a shop's camera gives where nothing else is said. */
const USUAL_FPS = 10;

/**
 * Films that a person has counted, as a JSON array; a video's path is relative to the file. Two at least, each with a line or a
 * zone, and each a film of its own. Throws CONFIG_INVALID, or VIDEO_NOT_FOUND and VIDEO_UNREADABLE for what is no file.
 */
export async function readClipsFile(path: string): Promise<readonly LabelledClip[]> {
  const file = new JsonFile(path, HINT);
  const value = await file.read(Clips, MAX_BYTES);
  const clips = value.map(({ video, fps = USUAL_FPS, lines = [], zones = [] }, k) => {
    if (lines.length + zones.length === 0) throw file.invalid(`/${k} has neither lines nor zones`);
    return {
      name: pathParts(video).name,
      video: resolve(dirname(path), video),
      fps,
      lines: lines.map(({ in: ins, out, ...line }, i) => {
        const whole = { id: `line-${i + 1}`, ...line };
        return { line: withDefaults(LineConfig, whole), in: ins, out };
      }),
      zones: zones.map(({ visits, stops, ...zone }, i) => {
        const whole = { id: `zone-${i + 1}`, ...zone };
        return { zone: withDefaults(ZoneConfig, whole), visits, stops };
      }),
    };
  });
  await assertFilms(file, clips);
  return clips;
}

/**
 * Before hours of work rather than behind them; a camera would never end, and a film that comes twice would have a say in what
 * it is to judge.
 */
async function assertFilms(file: JsonFile, clips: readonly LabelledClip[]): Promise<void> {
  const films = new Map<string, number>();
  for (const [k, { video }] of clips.entries()) {
    await assertFile(video);
    const film = await realpath(video);
    const before = films.get(film);
    if (before !== undefined)
      throw file.invalid(`/${k} is the film of /${before}; a film stands once, with all its lines and zones`);
    films.set(film, k);
  }
}
