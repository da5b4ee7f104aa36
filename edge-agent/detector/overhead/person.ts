/** Somebody in the picture, in working pixels; reused after the person has left. */
export class Person {
  x = 0;
  y = 0;
  /** Pixels a second. */
  vx = 0;
  vy = 0;
  /** Half the extent on each side of the centre. */
  halfWidth = 0;
  halfHeight = 0;
  /** Covered pixels, and that in areas of a whole person who is visible as far as this one can be. */
  area = 0;
  share = 0;
  bornS = 0;
  bornX = 0;
  bornY = 0;
  seenS = 0;
  /** True once it is known to have come: over the border, or away from where it was first seen. */
  came = false;
  /** True once it has moved by its own size and the place where it was first seen was free. */
  hasLeftBirth = false;
  /** True while only a small part of it can be told from the floor. */
  faint = false;
  /** True once it was the only one in its blob. */
  separate = false;
  /** How long nothing but its memory has spoken for it, seconds. */
  doubtS = 0;
  /** Its largest area while it walked alone, away from the border, and in how many pictures it did. */
  aloneArea = 0;
  aloneCount = 0;
  /** The largest area alone in the upper and in the lower part of the picture. */
  upperArea = 0;
  lowerArea = 0;
  /** Where it last was for long, and since when. */
  restX = 0;
  restY = 0;
  restS = 0;
  /** The blob that it is in, or 0. */
  label = 0;

  start(x: number, y: number, tS: number, came: boolean): void {
    this.x = this.bornX = this.restX = x;
    this.y = this.bornY = this.restY = y;
    this.vx = this.vy = 0;
    this.bornS = this.seenS = this.restS = tS;
    this.area = this.share = this.halfWidth = this.halfHeight = 0;
    this.came = came;
    this.hasLeftBirth = false;
    this.faint = false;
    this.separate = false;
    this.doubtS = 0;
    this.aloneArea = this.aloneCount = 0;
    this.upperArea = this.lowerArea = 0;
    this.label = 0;
  }
}
