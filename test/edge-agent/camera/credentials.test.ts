import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { redact, secretsOf, withCredentials } from "../../../edge-agent/camera/credentials.ts";
import { tempDir } from "../../support/temp-dir.ts";

const CAMERA = { kind: "rtsp", url: "rtsp://cam.local/stream1" } as const;

describe("withCredentials", () => {
  it("joins user and password into the address, escaped, without the file's last newline", async () => {
    const passwordFile = join(await tempDir(), "password");
    await writeFile(passwordFile, "p@ss:/w #1\n", { mode: 0o600 });
    expect(await withCredentials(CAMERA, { username: "ad min", passwordFile })).toEqual({
      kind: "rtsp",
      url: "rtsp://ad%20min:p%40ss%3A%2Fw%20%231@cam.local/stream1",
    });
  });

  it("leaves a camera without a user name, and a file, alone", async () => {
    expect(await withCredentials(CAMERA, {})).toBe(CAMERA);
    const file = { kind: "file", path: "a.mp4" } as const;
    expect(await withCredentials(file, { username: "x" })).toBe(file);
  });

  it("says which file is missing", async () => {
    const credentials = { username: "x", passwordFile: "/nowhere/password" };
    await expect(withCredentials(CAMERA, credentials)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
  });
});

describe("redact", () => {
  const source = { kind: "rtsp", url: "rtsp://admin:p%40ss@cam.local/s?token=abc" } as const;

  it.each([
    { name: "user part", text: "rtsp://admin:p%40ss@cam.local/s: 401", clean: "rtsp://***@cam.local/s: 401" },
    { name: "bare password", text: "auth p@ss failed", clean: "auth *** failed" },
    { name: "another address", text: "http://u:v@h/x", clean: "http://***@h/x" },
    { name: "query", text: "rtsp://h/s?token=abc: refused", clean: "rtsp://h/s?***: refused" },
    { name: "nothing secret", text: "Connection refused", clean: "Connection refused" },
  ])("$name", ({ text, clean }) => expect(redact(text, secretsOf(source))).toBe(clean));
});
