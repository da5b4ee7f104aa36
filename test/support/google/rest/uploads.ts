import { invalid } from "../bigquery/api-error.ts";
import { type Call, jsonOf, StatusReply } from "./call.ts";

/** A job's resource and the file that came with it. */
export interface Upload<Body> {
  readonly resource: Body;
  readonly media: Buffer;
}

/** The two parts of a multipart/related body: JSON, then the file. */
export function multipart<Body>(contentType: string, body: Buffer): Upload<Body> {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw invalid("an upload needs a multipart boundary");
  const [resource, media] = partsOf(body, `--${boundary}`);
  if (!resource || !media) throw invalid("an upload has two parts, the job and the file");
  return { resource: jsonOf<Body>(resource), media };
}

function partsOf(body: Buffer, mark: string): readonly Buffer[] {
  const parts: Buffer[] = [];
  let from = body.indexOf(mark);
  while (from >= 0) {
    const until = body.indexOf(`\r\n${mark}`, from);
    if (until < 0) break;
    const part = body.subarray(from + mark.length, until);
    parts.push(part.subarray(part.indexOf("\r\n\r\n") + 4));
    from = until + 2;
  }
  return parts;
}

/** Resumable uploads: the job first, then the file in one piece or several. */
export class ResumableUploads<Body> {
  readonly #sessions = new Map<string, { readonly resource: Body; received: Buffer }>();
  #next = 1;

  /** Answers where the file is to be sent. */
  begin(call: Call, resource: Body): StatusReply {
    const id = `u${this.#next++}`;
    this.#sessions.set(id, { resource, received: Buffer.alloc(0) });
    const base = `${call.origin}/upload/bigquery/v2/projects/${call.path.projectId}/jobs`;
    return new StatusReply(200, { location: `${base}?uploadType=resumable&upload_id=${id}` });
  }

  /** The whole upload once its last byte is here; 308 with what came until then. */
  receive(call: Call): Upload<Body> | StatusReply {
    const session = this.#sessions.get(call.query.get("upload_id") ?? "");
    if (!session) throw invalid("no such upload");
    const [, from = "0", , total = String(call.body.length)] =
      /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(call.headers["content-range"] ?? "") ?? [];
    session.received = Buffer.concat([session.received.subarray(0, Number(from)), call.body]);
    if (session.received.length === Number(total)) return { resource: session.resource, media: session.received };
    return new StatusReply(308, { range: `bytes=0-${session.received.length - 1}` });
  }
}
