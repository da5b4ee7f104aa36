import type { Member } from "../port.ts";
import { boostedTrees } from "./boosted-trees.ts";
import { levelShape } from "./level-shape.ts";
import { ridge } from "./ridge.ts";
import { seasonalNaive } from "./seasonal-naive.ts";

/** The members that are asked when nobody says otherwise, the floor first. */
export const OUR_MEMBERS: readonly Member[] = [seasonalNaive, levelShape, ridge, boostedTrees];
