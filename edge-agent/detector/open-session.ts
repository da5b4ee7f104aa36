import type { InferenceSession as Session } from "onnxruntime-node";
import type { DetectorConfig } from "../../firmware-config/config/device.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { InferenceSession, listSupportedBackends } from "../../firmware-config/kit/onnx-runtime.ts";
import { runtimeReason } from "../../firmware-config/kit/runtime-reason.ts";
import { libraryFault } from "./provider-library.ts";
import { sessionOptions } from "./session-options.ts";

type Provider = DetectorConfig["provider"];

/** What a session runs on, and why not on what was asked for. */
export interface RunsOn {
  readonly provider: Provider;
  readonly fallback?: { readonly wanted: Provider; readonly reason: string };
}

interface Wanted {
  readonly threads: number;
  readonly provider?: Provider | undefined;
}

/**
 * Opens a model on the provider that was asked for, or on the CPU where that cannot be had; a model that the CPU does not take
 * either is refused with the CPU's reason. Operators that a provider lacks ONNX Runtime runs on the CPU by itself.
 */
export async function openSession(
  path: string,
  { threads, provider = "cpu" }: Wanted,
): Promise<{ readonly session: Session; readonly runsOn: RunsOn }> {
  const opened = provider === "cpu" ? undefined : await tryProvider(path, threads, provider);
  if (opened?.session !== undefined) return { session: opened.session, runsOn: { provider } };
  const session = await InferenceSession.create(path, sessionOptions(threads));
  if (opened === undefined) return { session, runsOn: { provider: "cpu" } };
  return { session, runsOn: { provider: "cpu", fallback: { wanted: provider, reason: opened.reason } } };
}

type Attempt = { readonly session: Session } | { readonly session?: undefined; readonly reason: string };

async function tryProvider(path: string, threads: number, provider: Provider): Promise<Attempt> {
  const has = listSupportedBackends().map(({ name }) => name);
  if (!has.includes(provider)) {
    const reason = `ONNX Runtime for ${process.platform} ${process.arch} has ${has.join(", ")}, not ${provider}`;
    return { reason };
  }
  const fault = await libraryFault(provider);
  if (fault !== undefined) return { reason: fault };
  try {
    return { session: await InferenceSession.create(path, sessionOptions(threads, provider)) };
  } catch (error) {
    return { reason: runtimeReason(messageOf(error)) };
  }
}
