import type { Command } from "commander";
import type { CloudConfig } from "../../../cloud-ingest/config.ts";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import type { OnlineReport } from "../../../cloud-ingest/online/ask-online.ts";
import { parseRoles, type Role } from "../../../cloud-ingest/roles.ts";
import { decoderWarnings } from "../../../edge-agent/camera/ffmpeg/decoder-warnings.ts";
import { checkConfigFiles } from "../../../edge-agent/config-files.ts";
import { runsOf } from "../../../edge-agent/frame/parts.ts";
import { viewWarnings } from "../../../edge-agent/frame/view-warnings.ts";
import type { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { loadDeviceConfig } from "../../../firmware-config/config/load-device.ts";
import { sourceLabel, sourceOf } from "../../../firmware-config/config/source.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { checkDeviceModel, type ModelCheck } from "../model.ts";
import { example } from "../options.ts";

interface CheckOptions {
  readonly device?: string;
  readonly cloud?: string;
  readonly online?: boolean;
  readonly role?: ReadonlySet<Role>;
  readonly json?: boolean;
}

export function registerCheckConfigCommand(program: Command, context: CliContext): void {
  program
    .command("check-config")
    .description(
      "check configuration files, and the secrets, certificates and model that a device's names, without starting anything; exit code 2 when one is wrong",
    )
    .option("--device <file>", "device configuration")
    .option("--cloud <file>", "cloud configuration")
    .option("--online", "also ask the services that the cloud configuration names; changes nothing")
    .option("--role <roles>", "with --online: the roles that this account runs, with commas between (all)", parseRoles)
    .option("--json", "print JSON, with the defaults filled in")
    .addHelpText("after", example("kazoe check-config --device device.yaml --cloud cloud.yaml"))
    .action(async ({ device, cloud, online, role, json }: CheckOptions) => {
      if (device === undefined && cloud === undefined) throw nothingToCheck();
      if ((online || role) && cloud === undefined) throw nobodyToAsk();
      const checked = {
        ...(device === undefined ? {} : { device: shown(await loadDeviceConfig(device)) }),
        ...(cloud === undefined ? {} : { cloud: await loadCloudConfig(cloud) }),
      };
      if (checked.cloud) await noteZones(checked.cloud, context);
      if (checked.cloud) await checkRegistry(checked.cloud);
      if (checked.cloud) await checkAlertRules(checked.cloud);
      if (checked.device) await checkConfigFiles(checked.device);
      const model = checked.device && (await checkDeviceModel(checked.device, context.modelsDir, stopSignal()));
      const asked = online && checked.cloud ? { online: await ask(checked.cloud, role) } : {};
      const shownModel = model === undefined ? {} : { model };
      const views = checked.device === undefined ? "" : viewText(checked.device);
      const slow = checked.device === undefined ? "" : slowText(checked.device);
      const regions = checked.device && model ? regionsOf(checked.device, model) : [];
      const decoders = checked.device === undefined ? [] : await decoderWarnings(checked.device.cameras);
      const text = `The configuration is valid.\n${model === undefined ? "" : modelText(model)}${views}${regionText(regions)}${warningText(decoders)}${slow}`;
      const shownCameras = {
        ...(regions.length === 0 ? {} : { regions }),
        ...(decoders.length === 0 ? {} : { decoders }),
      };
      if (json)
        context.write(`${JSON.stringify({ ...checked, ...shownModel, ...shownCameras, ...asked }, undefined, 2)}\n`);
      else context.write(`${text}${asked.online ? onlineText(asked.online) : ""}`);
      if (asked.online && !asked.online.ok) process.exitCode = 2;
    });
}

interface OnlineAnswer extends OnlineReport {
  readonly ok: boolean;
}

async function ask(config: CloudConfig, roles: ReadonlySet<Role> | undefined): Promise<OnlineAnswer> {
  const { askOnline } = await import("../../../cloud-ingest/online/ask-online.ts");
  const report = await askOnline({ config, clock: systemClock, ...(roles && { roles }) });
  return { ok: report.findings.every(({ verdict }) => verdict !== "wrong"), ...report };
}

function onlineText({ findings }: OnlineAnswer): string {
  if (findings.length === 0) return "Online there is nothing to ask: all that is needed is on this machine.\n";
  const width = Math.max(...findings.map(({ verdict }) => verdict.length));
  return findings
    .map(
      ({ verdict, text, hint }) =>
        `${verdict.padEnd(width)}  ${text}\n${hint ? `${" ".repeat(width)}  -> ${hint}\n` : ""}`,
    )
    .join("");
}

/** Throws `AppError` with every fault of the first rule that has any. */
async function checkAlertRules({ alerts }: CloudConfig): Promise<void> {
  const { loadRules } = await import("../../../cloud-ingest/alerts/rules/load-rules.ts");
  await loadRules(alerts.rules);
}

/** Throws `AppError` with every fault of the registry. */
async function checkRegistry(config: CloudConfig): Promise<void> {
  if (config.registry === undefined) return;
  const { openRegistry } = await import("../../../cloud-ingest/registry/open-registry.ts");
  await openRegistry(config);
}

async function noteZones(config: CloudConfig, context: CliContext): Promise<void> {
  const { sayDifference, zoneDifferences } = await import("../../../cloud-ingest/zone-check.ts");
  for (const one of await zoneDifferences(config, systemClock.nowMs())) context.note(`${sayDifference(one)}\n`);
}

/** What an installer has to hold against the view of each camera, where they differ. */
function viewText({ cameras }: DeviceConfig): string {
  const overhead = cameras.flatMap(({ id, detector }) => (detector.type === "overhead" ? [id] : []));
  if (overhead.length === 0) return "";
  const rest = cameras.length === overhead.length ? "No camera needs a model.\n" : "";
  return `${rest}Must look straight down (overhead): ${overhead.join(", ")}.\n`;
}

/** Pictures a second below which people move too far between two pictures to be followed. */
const LEAST_FPS = 2;

function slowText({ cameras }: DeviceConfig): string {
  const slow = cameras.filter(({ fps }) => fps < LEAST_FPS).map(({ id }) => id);
  if (slow.length === 0) return "";
  return `Warning: below ${LEAST_FPS} pictures a second people are lost between two of them; set fps to 5 to 10: ${slow.join(", ")}.\n`;
}

/** The proportions of most cameras, where no picture is at hand. */
const ASSUMED = { width: 1920, height: 1080 } as const;

/** What each camera that looks at parts of its picture costs, and what speaks against them. */
function regionsOf({ cameras }: DeviceConfig, shape: Pick<ModelCheck, "width" | "height">) {
  return cameras
    .filter(({ detector }) => detector.type === "model")
    .map((camera) => ({
      camera: camera.id,
      runs: runsOf(camera),
      isWhole: camera.region.type === "whole" && runsOf(camera) === 1,
      warnings: viewWarnings(camera, { picture: ASSUMED, shape }),
    }))
    .filter(({ isWhole, warnings }) => !isWhole || warnings.length > 0)
    .map(({ camera, runs, warnings }) => ({ camera, runs, warnings }));
}

function regionText(regions: ReturnType<typeof regionsOf>): string {
  return regions
    .map(({ camera, runs, warnings }) => {
      const cost = `${camera}: the model runs ${runs === 1 ? "once" : `${runs} times`} a picture.\n`;
      return `${cost}${warningText([{ camera, warnings }])}`;
    })
    .join("");
}

function warningText(cameras: readonly { readonly camera: string; readonly warnings: readonly string[] }[]): string {
  return cameras.flatMap(({ camera, warnings }) => warnings.map((text) => `Warning: ${camera}: ${text}.\n`)).join("");
}

function modelText(model: ModelCheck): string {
  if (!model.built) return `The model ${model.name} will be built at the first start.\n`;
  const how = model.probe
    ? `tried on made-up pictures in ${model.probe.tookS.toFixed(1)} s`
    : "the file that was tested";
  return `The model ${model.name} is usable: ${how}.\n`;
}

/** The configuration without what a camera's address may hide in its query. */
function shown(config: DeviceConfig): DeviceConfig {
  return { ...config, cameras: config.cameras.map((one) => ({ ...one, source: sourceLabel(sourceOf(one.source)) })) };
}

function nothingToCheck(): AppError {
  return new AppError("There is no file to check", { code: "USAGE", hint: "Give --device, --cloud or both." });
}

function nobodyToAsk(): AppError {
  return new AppError("There is nobody to ask", { code: "USAGE", hint: "Give --cloud beside --online and --role." });
}
