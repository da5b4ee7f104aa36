import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GoogleAuth } from "google-auth-library";
import { expect, test } from "vitest";
import { credentialsFinding } from "../../../cloud-ingest/online/google-credentials.ts";
import { tempDir } from "../../support/temp-dir.ts";

const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
const failing = (message: string) => ({
  getClient: async () => "a client",
  getAccessToken: () => Promise.reject(new Error(message)),
});

test("a key file that is missing, or is none", async () => {
  const keyFile = join(await tempDir(), "key.json");
  expect(await credentialsFinding({ source: new GoogleAuth({ keyFile, scopes }) })).toMatchObject({
    verdict: "wrong",
    text: expect.stringContaining("ENOENT"),
    hint: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
  });
  await writeFile(keyFile, "secret-that-is-no-JSON");
  const finding = await credentialsFinding({ source: new GoogleAuth({ keyFile, scopes }) });
  expect(finding).toMatchObject({ verdict: "wrong" });
});

test.each(["invalid_grant: Token has been expired or revoked.", "reauth related error (invalid_rapt)"])(
  "a login that ran out: %s",
  async (message) => {
    expect(await credentialsFinding({ source: failing(message) })).toMatchObject({
      text: expect.stringContaining("have expired"),
    });
  },
);

test("credentials that are good", async () => {
  const source = { getClient: async () => "a client", getAccessToken: async () => "a token" };
  expect(await credentialsFinding({ source })).toBeUndefined();
});

test("without a way to Google only whether there are some", async () => {
  expect(await credentialsFinding({ source: failing("ENOTFOUND"), isReached: false })).toBeUndefined();
  const keyFile = join(await tempDir(), "key.json");
  const source = new GoogleAuth({ keyFile, scopes });
  expect(await credentialsFinding({ source, isReached: false })).toMatchObject({ verdict: "wrong" });
});
