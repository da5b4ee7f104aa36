import { expect, test } from "vitest";
import { type Artefact, Artefacts } from "../../../../cloud-ingest/jobs/forecast/artefacts.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const artefact = (id: string): Artefact => ({
  id,
  group: "acme-1",
  madeAt: "2026-11-22T00:00:00Z",
  code: "0.1.0",
  dataHash: "0",
  parameters: {},
  trials: [],
  champion: { version: 1 } as Artefact["champion"],
});

test("a clock that went back: what was just learnt is in force, however many later ones there are", async () => {
  const artefacts = new Artefacts(await tempDir(), new LogRecorder());
  for (let day = 10; day < 25; day++) await artefacts.keep(artefact(`202612${day}T000000000Z-a`));
  await artefacts.keep(artefact("20261101T000000000Z-b"));
  expect((await artefacts.current("acme-1"))?.id).toBe("20261101T000000000Z-b");
});
