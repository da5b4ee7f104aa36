import { link, mkdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { assertApart } from "../../../firmware-config/kit/apart.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function folder() {
  const dir = await tempDir();
  const at = (name: string) => join(dir, name);
  await writeFile(at("in.csv"), "x");
  await writeFile(at("other.csv"), "x");
  await mkdir(at("sub"));
  await symlink(at("in.csv"), at("soft"));
  await symlink("soft", at("softer"));
  await symlink(at("new.csv"), at("dangling"));
  await symlink(dir, at("sub/up"));
  await symlink(at("loop"), at("loop"));
  await link(at("in.csv"), at("hard"));
  return at;
}

const check = (written: readonly string[], read: readonly string[] = []) =>
  assertApart(
    written.map((path, i) => ({ option: i === 0 ? "--out" : "--plot", path })),
    read.map((path) => ({ option: "--series", path })),
  );

describe("a file that is read is never written", () => {
  test.each(["in.csv", "soft", "softer", "hard", "sub/../in.csv", "sub/up/in.csv"])("%s", async (name) => {
    const at = await folder();
    await expect(check([at(name)], [at("in.csv")])).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringMatching(/^--out and --series are the same file/),
    });
    await expect(check([at("other.csv"), relative(process.cwd(), at(name))], [at("in.csv")])).rejects.toThrow(
      /^--plot and --series/,
    );
  });
});

describe("two outputs are two files, those too that are not there yet", () => {
  test.each([
    { one: "new.csv", other: "new.csv" },
    { one: "new.csv", other: "dangling" },
    { one: "sub/up/new.csv", other: "new.csv" },
    { one: "hard", other: "soft" },
    { one: "nowhere/x", other: "nowhere/x" },
  ])("$one and $other", async ({ one, other }) => {
    const at = await folder();
    await expect(check([at(one), at(other)])).rejects.toThrow(/^--plot and --out are the same file/);
  });
});

test("others are let through: new ones, devices, a link that goes round", async () => {
  const at = await folder();
  await check([at("new.csv"), at("other.csv")], [at("in.csv")]);
  await check(["/dev/null", "/dev/null"], [at("in.csv")]);
  await check([at("loop"), at("sub/new")], [at("in.csv"), at("missing")]);
});
