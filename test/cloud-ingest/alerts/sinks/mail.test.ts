// smtp-server: by nodemailer's author; the real protocol, with AUTH and refusals at each step.
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import { MailSink } from "../../../../cloud-ingest/alerts/sinks/mail.ts";
import { NotTaken } from "../../../../cloud-ingest/alerts/sinks/sink.ts";
import { notification } from "./shown.ts";

const LIVING = new AbortController().signal;

/** A mail server on this machine, and a sink that sends to it. */
async function setUp(options: SMTPServerOptions = {}, over: object = {}) {
  const mails: string[] = [];
  const server = new SMTPServer({
    ...{ disabledCommands: ["STARTTLS"], authOptional: true, allowInsecureAuth: true },
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
    ...options,
  });
  const port = await new Promise<number>((ready) => {
    const listening = server.listen(0, "127.0.0.1", () => {
      const address = listening.address();
      ready(typeof address === "object" && address ? address.port : 0);
    });
  });
  onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
  const sink = new MailSink({
    ...{ host: "localhost", port, tls: "none", allowPrivate: true, language: "ja" },
    ...{ from: "Kazoe <kazoe@shop.example>", to: ["ops@shop.example"], ...over },
  });
  return { mails, sink };
}

const header = (mail: string, name: string) =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "im").exec(mail)?.[1]?.replace(/\r\n\s+/g, " ");

test("an alert is one thread: what follows answers the first, and the same message has the same id", async () => {
  const { mails, sink } = await setUp();
  await sink.deliver([notification(1, "firing")], LIVING);
  await sink.deliver([notification(1, "firing")], LIVING);
  await sink.deliver([notification(2, "update"), notification(3, "resolved")], LIVING);
  expect(mails.map((mail) => header(mail, "Message-ID"))).toEqual([
    "<kazoe-a-1@shop.example>",
    "<kazoe-a-1@shop.example>",
    "<kazoe-a-1-n-2@shop.example>",
    "<kazoe-a-1-n-3@shop.example>",
  ]);
  expect(mails.map((mail) => header(mail, "References"))).toEqual([
    undefined,
    undefined,
    "<kazoe-a-1@shop.example>",
    "<kazoe-a-1@shop.example>",
  ]);
  expect(header(mails[3] ?? "", "In-Reply-To")).toBe("<kazoe-a-1@shop.example>");
  expect(header(mails[0] ?? "", "Auto-Submitted")).toBe("auto-generated");
  expect(header(mails[0] ?? "", "Subject")).toMatch(/=\?UTF-8\?/);
});

test.each<{ name: string; options: SMTPServerOptions; isFinal: boolean; says: RegExp }>([
  {
    name: "a recipient that there is not",
    options: { onRcptTo: (_a, _s, done) => done(Object.assign(new Error("no such user"), { responseCode: 550 })) },
    isFinal: true,
    says: /^answered 550$/,
  },
  {
    name: "a server that is busy",
    options: { onRcptTo: (_a, _s, done) => done(Object.assign(new Error("later"), { responseCode: 451 })) },
    isFinal: false,
    says: /^answered 451$/,
  },
  {
    name: "a login that is refused, which may be mended",
    options: { authOptional: false, onAuth: (_a, _s, done) => done(new Error("no")) },
    isFinal: false,
    says: /^answered 535$/,
  },
])("$name", async ({ options, isFinal, says }) => {
  const { sink } = await setUp(options, { user: "kazoe", password: "hunter2" });
  const error: unknown = await sink.deliver([notification(1, "firing")], LIVING).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotTaken);
  expect(error).toMatchObject({ isFinal, message: expect.stringMatching(says) });
});

test("no mail goes to a private server without the key, nor without TLS where it must be", async () => {
  const closed = await setUp({}, { allowPrivate: false });
  await expect(closed.sink.deliver([notification(1, "firing")], LIVING)).rejects.toThrow(/private/);
  const strict = await setUp({}, { tls: "starttls" });
  await expect(strict.sink.deliver([notification(1, "firing")], LIVING)).rejects.toThrow(NotTaken);
  expect([...closed.mails, ...strict.mails]).toEqual([]);
});

test("a server that is not there is not taken, and ends nothing", async () => {
  const sink = new MailSink({
    ...{ host: "127.0.0.1", port: 1, tls: "none" as const, allowPrivate: true, language: "en" as const },
    ...{ from: "kazoe@shop.example", to: ["ops@shop.example"] },
  });
  await expect(sink.deliver([notification(1, "firing")], LIVING)).rejects.toThrow(/ECONNREFUSED|ESOCKET|ECONNECTION/);
});
