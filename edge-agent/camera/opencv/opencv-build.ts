import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { homeFolder } from "../../../firmware-config/kit/home-folder.ts";

/** What `npm run setup:opencv` made for this Node. Throws OPENCV_NOT_BUILT. */
export function findBinding(home: string = homeFolder()): string {
  const file = join(home, "tools", `opencv-node${process.versions.modules}`, "opencv4nodejs.node");
  if (!existsSync(file)) throw notBuilt("is not built for this Node and this user");
  return file;
}

/** The error for a binding that is missing or does not load; `what` follows "The camera driver opencv". */
export function notBuilt(what: string): AppError {
  return new AppError(`The camera driver opencv ${what}`, {
    code: "OPENCV_NOT_BUILT",
    hint: "Type: npm run setup:opencv (KAZOE_HOME and the user as for the agent), or choose driver: ffmpeg",
  });
}
