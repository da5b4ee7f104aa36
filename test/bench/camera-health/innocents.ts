import { type Film, framesOf } from "./films.ts";

/** What looks like a fault and is none. */
export interface Innocent {
  readonly name: string;
  readonly seconds: number;
  readonly frames: (film: Film) => readonly Uint8Array[];
}

const filtered = (name: string, seconds: number, filter: string): Innocent => ({
  name,
  seconds,
  frames: ({ file, picture }) => framesOf({ input: ["-stream_loop", "-1", "-i", file], seconds, filter }, picture),
});

/** Light by the factor `by` of `t`; black stays black. */
const gain = (by: string) =>
  `format=yuv420p,eq=contrast='${by}':brightness='-0.439*(1-${by})':saturation='${by}':eval=frame`;

/** A body out of focus that fills two thirds of the picture, swaying or as still as a cardboard. */
const body = (sway: string) =>
  `drawbox=x='iw*(0.15+${sway})':y=ih*0.08:w=iw*0.66:h=ih:color=0x504838:t=fill,drawbox=x='iw*(0.35+${sway})':y=0:w=iw*0.25:h=ih*0.3:color=0x907868:t=fill`;

export const INNOCENTS: readonly Innocent[] = [
  filtered("person before the lens, 30 s", 30, body("0.03*sin(t)")),
  filtered("person before the lens, 30 s, quite still", 30, body("0")),
  filtered("day to night in two minutes", 200, `${gain("max(0.12\\,1-t/120)")},noise=alls=5:allf=t`),
  filtered("night to day in two minutes", 200, `${gain("min(1\\,0.12+t/120)")},noise=alls=3:allf=t`),
  filtered("lights off", 120, `${gain("0.1")},noise=alls=6:allf=t`),
  filtered("exposure steps", 120, "lutyuv=y=val*0.6:enable='lt(mod(t,20),10)'"),
  filtered("brighter", 120, "lutyuv=y=16+(val-16)*1.3"),
  filtered("infrared", 300, "format=gray,eq=contrast=0.7:brightness=-0.08,noise=alls=6:allf=t,format=yuv420p"),
];

/** Two figures cross a place, one after the other. */
const WALKERS = [
  "drawbox=x='mod(t*23,iw*1.4)-iw*0.2':y=ih*0.3:w=iw*0.08:h=ih*0.5:color=0x403020:t=fill",
  "drawbox=x='iw-mod(t*31,iw*1.6)':y=ih*0.35:w=iw*0.07:h=ih*0.45:color=0xa0a0c0:t=fill",
].join(",");

/** An empty place with a sensor's noise, by day with people and later without. */
export function emptyPlace(
  { file, picture }: Film,
  noise: number,
): Readonly<Record<"busy" | "empty", readonly Uint8Array[]>> {
  // The mean of many pictures, so that people who pass are hardly in it.
  const still = "tmix=frames=40,select=eq(n\\,39),loop=loop=-1:size=1,setpts=N/2/TB";
  const shot = (people: string) => ({
    input: ["-stream_loop", "-1", "-i", file],
    filter: `${still},${people},noise=alls=${noise}:allf=t`,
    seconds: 120,
  });
  return { busy: framesOf(shot(WALKERS), picture), empty: framesOf(shot("null"), picture) };
}
