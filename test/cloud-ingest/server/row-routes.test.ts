import { expect, test } from "vitest";
import { createApp } from "../../../cloud-ingest/server/create-app.ts";
import { ALL_DATES } from "../../../cloud-ingest/warehouse/source-rows.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { instantRows } from "../../support/instant-rows.ts";
import { tokyoStore } from "../../support/sample-traffic.ts";
import { basic, parisStore, reader, serverParts } from "./server-fixture.ts";

const CLOSED = {
  ...{ tenant: tokyoStore.tenant, store: tokyoStore.store, table: "calendar", key: "typhoon", version: 1 },
  ...{ date: "2026-11-20", columns: { what: "closed", says: "typhoon" } },
};

function served(rowsOf?: Parameters<typeof createApp>[0]["rows"]) {
  const readers = [
    { ...reader("pos", "p", tokyoStore.tenant), writes: ["calendar" as const] },
    { ...reader("all", "a"), writes: ["calendar" as const, "overrule" as const] },
    reader("looks", "l", tokyoStore.tenant),
  ];
  const parts = serverParts(readers);
  const { rows, sent } = instantRows(parts.warehouse, [tokyoStore, parisStore], parts.clock);
  const app = createApp({ ...parts, rows: rowsOf ?? rows });
  const send = (
    name: string,
    body: string | Buffer,
    headers: Record<string, string> = { origin: "http://localhost" },
  ) =>
    app.inject({
      ...{ url: "/rows", method: "POST", payload: body },
      headers: {
        ...{ host: "localhost", "content-type": "application/x-ndjson" },
        ...(name === "" ? {} : basic(name, name.charAt(0))),
        ...headers,
      },
    });
  const stored = () => parts.warehouse.sourceRows("calendar", ALL_DATES);
  return { app, send, stored, sent };
}

const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join("\n");

test("takes rows, says of each line what became of it, and takes each once however often it comes", async () => {
  const { send, stored } = served();
  const { tenant: _, ...ofTenant } = CLOSED;
  const body = `\uFEFF${lines(ofTenant)}\r\n\r\n${lines({ ...CLOSED, key: "k", version: 1.5 })}\nnonsense\n`;
  const first = await send("pos", body);
  expect(first.statusCode).toBe(200);
  expect(first.json()).toEqual({
    ...{ stored: 1, duplicate: 0, refused: 2, waiting: 0 },
    rows: [
      { line: 1, key: "typhoon", outcome: "stored" },
      { line: 3, key: "k", outcome: "refused", reason: "/version must be integer" },
      { line: 4, key: "", outcome: "refused", reason: "not JSON" },
    ],
  });
  expect((await send("pos", body)).json()).toMatchObject({ stored: 0, duplicate: 1, refused: 2 });
  const other = await send("pos", lines({ ...CLOSED, columns: { what: "event", says: "sale" } }));
  expect(other.json().rows[0]).toMatchObject({
    ...{ outcome: "refused", reason: "this version of the key is there and says otherwise of says, what" },
  });
  expect((await stored()).map(({ by, columns }) => [by, columns])).toEqual([["pos", CLOSED.columns]]);
});

test("refuses what is not the reader's, and lets it go nowhere", async () => {
  const { send, stored, sent } = served();
  const foreign = { ...CLOSED, tenant: parisStore.tenant, store: parisStore.store };
  const overrule = { ...CLOSED, table: "overrule", columns: { device: "cam-1", verdict: "confirm", note: "n" } };
  const { rows } = (await send("pos", lines(foreign, overrule, { ...CLOSED, by: "boss", receipt: "x" }))).json();
  expect(rows.map(({ reason }: { reason?: string }) => reason)).toEqual([
    ...["not a tenant of yours", "not a table that you may write", undefined],
  ]);
  expect(sent).toHaveLength(1);
  expect((await stored()).map(({ by }) => by)).toEqual(["pos"]);
  expect((await send("all", lines(foreign))).json()).toMatchObject({ stored: 1 });
  const nobody = (await send("all", lines({ ...CLOSED, tenant: "../x" }, { ...CLOSED, store: "Gin za" }))).json();
  expect(nobody).toMatchObject({ refused: 2 });
});

test("takes nothing without the right, a login, or an origin of its own", async () => {
  const { app, send, sent } = served();
  const body = lines(CLOSED);
  expect((await send("", body)).statusCode).toBe(401);
  expect((await send("looks", body)).statusCode).toBe(403);
  for (const headers of [
    {},
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site", origin: "http://localhost" },
  ])
    expect((await send("pos", body, headers as Record<string, string>)).statusCode).toBe(403);
  expect((await send("pos", body, { origin: "http://localhost", "content-type": "text/plain" })).statusCode).toBe(415);
  expect((await send("pos", Buffer.from([0xe9, 0x7d]))).statusCode).toBe(400);
  expect((await send("pos", "\n \n")).statusCode).toBe(400);
  expect((await send("pos", "x".repeat(1024 * 1024 + 1))).statusCode).toBe(413);
  expect((await send("pos", "{}\n".repeat(1_001))).statusCode).toBe(413);
  const put = await app.inject({ url: "/rows", method: "PUT", headers: { host: "localhost", ...basic("pos", "p") } });
  expect(put.statusCode).toBe(405);
  expect(sent).toEqual([]);
});

test("bounds a row, and how many bodies are in hand", async () => {
  const { send } = served();
  const long = await send("pos", lines({ ...CLOSED, key: "k".repeat(70_000) }, { ...CLOSED, key: "k".repeat(201) }));
  expect(long.json().rows.map(({ reason }: { reason: string }) => reason)).toEqual([
    ...["larger than 65536 bytes", "/key must NOT have more than 200 characters"],
  ]);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = served({ add: async () => gate.then(() => []) });
  const waiting = Array.from({ length: 12 }, () => slow.send("pos", lines(CLOSED)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await slow.send("pos", lines(CLOSED))).statusCode).toBe(429);
  // Nobody who is slow keeps others out.
  const other = slow.send("all", lines(CLOSED));
  await new Promise((resolve) => setTimeout(resolve, 50));
  release();
  expect((await other).statusCode).toBe(200);
  expect(new Set((await Promise.all(waiting)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect((await slow.send("pos", lines(CLOSED))).statusCode).toBe(200);
});

test("takes no body that is coded: a proxy would see another one", async () => {
  const { send, sent } = served();
  const own = { origin: "http://localhost" };
  for (const coded of [{ "content-encoding": "gzip" }, { "transfer-encoding": "gzip, chunked" }])
    expect((await send("pos", lines(CLOSED), { ...own, ...coded })).statusCode).toBe(415);
  expect(sent).toEqual([]);
  const plain = { "content-encoding": "identity", "transfer-encoding": "chunked" };
  expect((await send("pos", lines(CLOSED), { ...own, ...plain })).statusCode).toBe(200);
});

test("says 503 when the bus takes none, and 202 while the warehouse has not answered", async () => {
  const full = new AppError("The disk is full", { code: "DISK_FULL", hint: "Make room." });
  const none = await served({ add: async () => Promise.reject(full) }).send("pos", lines(CLOSED));
  expect([none.statusCode, none.headers["retry-after"]]).toEqual([503, "60"]);
  const late = served({ add: async () => [{ row: 1, key: "typhoon", outcome: "waiting" }] });
  const answer = await late.send("pos", lines(CLOSED));
  expect([answer.statusCode, answer.json().waiting]).toEqual([202, 1]);
});
