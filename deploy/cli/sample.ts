import { ensureSampleVideo } from "../setup/sample-video.ts";
import type { CliContext } from "./context.ts";
import { createProgress } from "./progress.ts";

/** Path of the sample video, fetched when it is not there yet. */
export async function prepareSample(context: CliContext): Promise<string> {
  const progress = createProgress(context, "Sample video (Debian package opencv-doc)");
  try {
    return await ensureSampleVideo(context.samplesDir, (fraction) => progress.update(fraction, ""));
  } finally {
    progress.stop();
  }
}
