import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ViewFault } from "../../../firmware-config/contract/view.ts";
import { type Film, framesOf } from "./films.ts";

/** What happens to a film in its middle, with the words that would be right. */
export interface Fault {
  readonly name: string;
  readonly words: readonly ViewFault[];
  /** The frames of it, from one that the film shows at `atS`. */
  readonly frames: (film: Film, atS: number) => readonly Uint8Array[];
}

/** The film goes on through a filter. */
const filtered = (name: string, words: readonly ViewFault[], filter: string): Fault => ({
  name,
  words,
  frames: ({ file, picture }) => framesOf({ input: ["-i", file], filter }, picture),
});

const STANDS_S = 60;

/** One picture of the film stands, and is worked on so. */
const frozen = (name: string, filter: string, coder?: readonly string[]): Fault => ({
  name,
  words: ["frozen"],
  frames: ({ file, picture }, atS) => {
    const dir = mkdtempSync(join(tmpdir(), "kazoe-bench-"));
    try {
      const still = join(dir, "still.png");
      run(["-ss", String(atS), "-i", file, "-frames:v", "1", still]);
      const loop = ["-loop", "1", "-framerate", "10", "-t", String(STANDS_S), "-i", still];
      if (coder === undefined) return framesOf({ input: loop, filter }, picture);
      const coded = join(dir, "coded.mkv");
      run([...loop, "-vf", `${filter},format=yuv420p`, ...coder, coded]);
      return framesOf({ input: ["-i", coded] }, picture);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
});

function run(args: readonly string[]): void {
  const { status, stderr } = spawnSync("ffmpeg", ["-v", "error", "-y", ...args]);
  if (status !== 0) throw new Error(`ffmpeg ${args.join(" ")}: ${stderr}`);
}

/** Digits that change each second, in the corner where recorders write the time. */
const CLOCK = [0, 1, 2, 3, 4, 5]
  .map(
    (k) =>
      `drawbox=x=iw*(0.03+0.02*${k}):y=ih*0.03:w=iw*0.012:h=ih*0.035:color=white:t=fill:enable='gt(mod(floor(t/${k + 1})+${k}\\,3)\\,0)'`,
  )
  .join(",");
const fill = (x: string, y: string, w: string, h: string, colour = "0x383430") =>
  `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:color=${colour}:t=fill`;
const NOISE = "noise=alls=5:allf=t";

export const FAULTS: readonly Fault[] = [
  frozen("frozen", "null"),
  frozen("frozen, H.264 anew", "null", ["-c:v", "libx264", "-g", "20", "-crf", "28"]),
  frozen("frozen, MPEG-4 anew", "null", ["-c:v", "mpeg4", "-q:v", "6"]),
  frozen("frozen, clock goes on", CLOCK),
  frozen("frozen, noise", NOISE),
  frozen("frozen, noise, H.264, clock", `${NOISE},${CLOCK}`, ["-c:v", "libx264", "-crf", "26"]),
  filtered("black", ["black"], "lutrgb=r=0:g=0:b=0"),
  filtered("black, noise", ["black"], "lutrgb=r=4:g=4:b=4,noise=alls=6:allf=t"),
  filtered("blown out", ["blown-out"], "lutyuv=y=val*4+165"),
  filtered("blown out, all white", ["blown-out"], "lutrgb=r=255:g=255:b=255"),
  filtered("blurred, 1.6 px", ["blurred"], "gblur=sigma=1.6"),
  filtered("blurred, 3.2 px", ["blurred"], "gblur=sigma=3.2"),
  filtered("blurred, 8 px", ["blurred", "blocked"], "gblur=sigma=8"),
  filtered("moved 4 % aside", ["moved"], "scroll=hpos=0.04"),
  filtered("moved 10 % aside", ["moved"], "crop=iw*0.9:ih:iw*0.1:0,pad=iw/0.9:ih"),
  filtered("moved 8 % down", ["moved"], "crop=iw:ih*0.92:0:ih*0.08,pad=iw:ih/0.92"),
  filtered("moved 30 %", ["moved"], "scroll=hpos=0.3"),
  filtered("turned 10 degrees", ["moved"], "rotate=10*PI/180"),
  filtered("upside down", ["moved"], "hflip,vflip"),
  filtered("left half covered", ["half-blocked"], fill("0", "0", "iw/2", "ih")),
  filtered("upper half covered", ["half-blocked"], fill("0", "0", "iw", "ih/2")),
  filtered("right half covered, noise", ["half-blocked"], `${fill("iw/2", "0", "iw/2", "ih", "0x808080")},${NOISE}`),
  filtered("lower half covered", ["half-blocked"], fill("0", "ih/2", "iw", "ih/2", "0xb0a090")),
  filtered("covered", ["blocked"], fill("0", "0", "iw", "ih")),
  filtered("covered, noise", ["blocked"], `${fill("0", "0", "iw", "ih", "0x706050")},${NOISE}`),
  filtered(
    "hand on the lens",
    ["blocked", "black", "blurred"],
    `gblur=sigma=45:steps=3,lutyuv=y=16+(val-16)*0.5,${NOISE}`,
  ),
  filtered("paper on the lens", ["blocked", "blown-out"], "gblur=sigma=45:steps=3,lutyuv=y=110+val*0.3"),
];
