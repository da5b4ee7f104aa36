import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scoreFile } from "../../../../edge-agent/mot/score/score-file.ts";
import { LineConfig } from "../../../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../../../firmware-config/config/with-defaults.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const middle = withDefaults(LineConfig, { id: "middle", from: [0.5, 0], to: [0.5, 1] });
const SCENE = { fps: 10, width: 400, height: 200, lines: [middle] };

/** One person a walk, 5 pixels a frame. */
function tracks(...walks: readonly { readonly id: number; readonly fromX: number; readonly step: number }[]): string {
  const rows = walks.flatMap(({ id, fromX, step }) =>
    Array.from({ length: 61 }, (_, i) => `${i + 1},${id},${fromX + step * i},50,30,100,1`),
  );
  return rows.join("\n");
}

it("scores tracks against the truth, and tells by how much each line is off", async () => {
  const folder = await tempDir();
  const [truthPath, tracksPath] = [join(folder, "gt.txt"), join(folder, "tracks.txt")];
  const east = { id: 1, fromX: 30, step: 5 };
  const west = { id: 2, fromX: 340, step: -5 };
  await writeFile(truthPath, tracks(east, west));
  await writeFile(tracksPath, tracks({ ...east, id: 9 }));
  const perfect = await scoreFile({ truthPath, tracksPath: truthPath, ...SCENE });
  expect(perfect).toMatchObject({ hota: 1, idf1: 1, mota: 1, switches: 0, lines: [{ id: "middle", wrong: 0 }] });
  const [line] = perfect.lines;
  expect((line?.trueIn ?? 0) + (line?.trueOut ?? 0)).toBe(2);
  const half = await scoreFile({ truthPath, tracksPath, ...SCENE });
  expect(half).toMatchObject({ mota: 0.5, switches: 0 });
  expect(half.idf1).toBeCloseTo(2 / 3);
  expect(half.lines[0]?.wrong).toBe(1);
});
