import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { costPage } from "../../bench/gcp-cost/cost-page.ts";

const MARKED = /<!-- computed: npm run bench -- gcp-cost -->\n\n([\s\S]*?)\n\n<!-- end -->/;

test("what the page says of costs is what the driver's bytes come to", async () => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  const page = await readFile(join(PACKAGE_ROOT, "deploy", "gcp", "README.md"), "utf8");
  expect(MARKED.exec(page)?.[1]).toBe(await costPage());
});
