/** How tracks are put right once more is known than at the time; chosen with the tracker's own constants. */
export interface PathConstants {
  /** The weight of a moment falls with its distance in time as a bell of this width, seconds: for the place, for the size. */
  readonly placeWidthS: number;
  readonly sizeWidthS: number;
  /** Somebody unseen for no longer than this was there all the same: the gap is filled straight. */
  readonly fillS: number;
}

export const PATH_CONSTANTS: PathConstants = { placeWidthS: 0.6, sizeWidthS: 0.8, fillS: 2.5 };
