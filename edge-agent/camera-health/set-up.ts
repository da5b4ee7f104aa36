import { createHash } from "node:crypto";
import type { CameraConfig } from "../../firmware-config/config/device.ts";

/**
 * Tells one set-up of a camera from another: whoever draws its lines anew has seen where it looks now, so the view is learned
 * anew with them.
 */
export function setUpOf({ source, lines, zones }: Pick<CameraConfig, "source" | "lines" | "zones">): string {
  const places = [...lines.map(({ from, to }) => [from, to]), ...zones.map(({ polygon }) => polygon)];
  return createHash("sha256")
    .update(JSON.stringify([source, places]))
    .digest("hex")
    .slice(0, 32);
}
