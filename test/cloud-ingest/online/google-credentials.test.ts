import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GoogleAuth } from "google-auth-library";
import { expect, test } from "vitest";
import { credentialsFinding } from "../../../cloud-ingest/online/google-credentials.ts";
import { tempDir } from "../../support/temp-dir.ts";

const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
const failing = (message: string) => ({ getAccessToken: () => Promise.reject(new Error(message)) });

test("a key file that is missing, or is none", async () => {
  const keyFile = join(await tempDir(), "key.json");
  expect(await credentialsFinding(new GoogleAuth({ keyFile, scopes }))).toMatchObject({
    verdict: "wrong",
    text: expect.stringContaining("ENOENT"),
    hint: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
  });
  await writeFile(keyFile, "secret-that-is-no-JSON");
  const finding = await credentialsFinding(new GoogleAuth({ keyFile, scopes }));
  expect(finding).toMatchObject({ verdict: "wrong" });
});

test.each(["invalid_grant: Token has been expired or revoked.", "reauth related error (invalid_rapt)"])(
  "a login that ran out: %s",
  async (message) => {
    expect(await credentialsFinding(failing(message))).toMatchObject({ text: expect.stringContaining("have expired") });
  },
);

test("credentials that are good", async () => {
  expect(await credentialsFinding({ getAccessToken: async () => "a token" })).toBeUndefined();
});
