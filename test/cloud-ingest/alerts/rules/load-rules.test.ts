import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DEFAULT_RULES, loadRules } from "../../../../cloud-ingest/alerts/rules/load-rules.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";

const RULE = `name: hot
when: { any: [{ signal: temperatureC, above: 70 }] }
title: { en: Hot, ja: 高温 }
consequence: { data: none, text: { en: None., ja: なし } }
runbook: { en: Cool it., ja: 冷やす }
`;

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-rules-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return dir;
}

test("the rules that come with the program are whole, each in a file of its name, and judged after those that come first", async () => {
  const rules = await loadRules();
  expect(rules.length).toBe((await readdir(DEFAULT_RULES)).length);
  for (const [index, { after, name, version, runbook }] of rules.entries()) {
    const before = rules.slice(0, index).map((rule) => rule.name);
    expect({ name, late: after.filter((one) => !before.includes(one)) }).toEqual({ name, late: [] });
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    // In Japanese, not English twice.
    expect(runbook.ja).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
  }
});

test("a folder of one's own replaces, adds and takes away by name; what changed has another version", async () => {
  const before = await loadRules();
  const own = await folder({
    "hot.yaml": RULE,
    "very-hot.yaml": RULE.replace("hot", "very-hot"),
    "memory-full.yaml": `${RULE.replace("hot", "memory-full")}enabled: false\n`,
    "notes.txt": "not a rule",
  });
  const after = await loadRules(own);
  const names = (rules: typeof after) => rules.map(({ name }) => name).sort();
  expect(names(after)).toEqual([...names(before).filter((name) => name !== "memory-full"), "very-hot"].sort());
  const versionOf = (rules: typeof after, name: string) => rules.find((rule) => rule.name === name)?.version;
  expect(versionOf(after, "hot")).not.toBe(versionOf(before, "hot"));
  expect(versionOf(after, "disk-full")).toBe(versionOf(before, "disk-full"));
});

test("a later place goes before an earlier one, and leaves the others there", async () => {
  const first = await folder({ "hot.yaml": RULE, "very-hot.yaml": RULE.replace("hot", "very-hot") });
  const second = await folder({ "hot.yaml": RULE.replace("70", "75") });
  const rules = await loadRules(first, undefined, second);
  expect(rules.find(({ name }) => name === "hot")?.when.any).toEqual([{ signal: "temperatureC", above: 75 }]);
  expect(rules.some(({ name }) => name === "very-hot")).toBe(true);
});

test.each([
  { name: "an unknown key, with the nearest", text: `${RULE}severty: info\n`, says: /hot\.yaml:6:1 .*severity/ },
  {
    name: "an unknown signal",
    text: RULE.replace("temperatureC", "warmth"),
    says: /hot\.yaml:2:\d+ when\.any\[0\]\.signal/,
  },
  { name: "a number with a word", text: RULE.replace("above: 70", "is: [hot]"), says: /hot\.yaml:2:.*above or below/ },
  { name: "both comparisons", text: RULE.replace("above: 70", "above: 70, below: 3"), says: /one of above or below/ },
  { name: "no condition", text: RULE.replace(/any: \[.*\] \}/, "}"), says: /hot\.yaml:2:\d+ when: one of any and all/ },
  { name: "a signal of another scope", text: `${RULE}scope: store\n`, says: /a store has no such signal/ },
  { name: "hours of the system", text: `${RULE}scope: system\nhours: open\n`, says: /no opening hours/ },
  { name: "another name than the file's", text: RULE.replace("name: hot", "name: warm"), says: /warm\.yaml/ },
  {
    name: "a rule that comes first and is not there",
    text: `${RULE}after: [cold]\n`,
    says: /hot\.yaml:6:.*no rule cold/,
  },
  { name: "itself before itself", text: `${RULE}after: [hot]\n`, says: /cannot come after itself/ },
  { name: "one language alone", text: RULE.replace(", ja: 冷やす", ""), says: /"ja" is missing/ },
  { name: "a file that is no YAML", text: "name: [", says: /hot\.yaml:1/ },
  { name: "a file that is too large", text: `${RULE}#${"x".repeat(70_000)}`, says: /hot\.yaml/ },
])("$name is refused with its place", async ({ text, says }) => {
  const own = await folder({ "hot.yaml": text });
  const error = await loadRules(own).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: "CONFIG_INVALID" });
  expect(String(error)).toMatch(says);
});

test("rules that wait for each other are refused", async () => {
  const own = await folder({
    "a.yaml": `${RULE.replace("hot", "a")}after: [b]\n`,
    "b.yaml": `${RULE.replace("hot", "b")}after: [a]\n`,
  });
  await expect(loadRules(own)).rejects.toThrow(/wait for each other/);
});

test("one rule in two files of a folder is refused, and hidden files are nobody's rules", async () => {
  const twice = await folder({ "hot.yaml": RULE, "hot.yml": RULE.replace("70", "75") });
  await expect(loadRules(twice)).rejects.toThrow(/hot\.yml.*as .*hot\.yaml is/);
  const copied = await folder({ "hot.yaml": RULE, "._hot.yaml": "\0\0", ".hot.yaml": "" });
  expect((await loadRules(copied)).find(({ name }) => name === "hot")?.when.any).toHaveLength(1);
});

test("a folder that is not there is said", async () => {
  await expect(loadRules("/nowhere/rules")).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
});
