import type { Part } from "../../camera/port.ts";

/** Behind which sides of a part another part sees on. */
export interface Inner {
  readonly left: boolean;
  readonly top: boolean;
  readonly right: boolean;
  readonly bottom: boolean;
}

/** Of each part. A side at the border of the picture or of all parts cuts nobody whom another part sees. */
export function innerSides(parts: readonly Part[]): readonly Inner[] {
  return parts.map((part) => {
    const others = parts.filter((one) => one !== part);
    const beside = others.filter((one) => one.top < bottomOf(part) && bottomOf(one) > part.top);
    const above = others.filter((one) => one.left < rightOf(part) && rightOf(one) > part.left);
    return {
      left: beside.some((one) => one.left < part.left && rightOf(one) >= part.left),
      right: beside.some((one) => rightOf(one) > rightOf(part) && one.left <= rightOf(part)),
      top: above.some((one) => one.top < part.top && bottomOf(one) >= part.top),
      bottom: above.some((one) => bottomOf(one) > bottomOf(part) && one.top <= bottomOf(part)),
    };
  });
}

const rightOf = ({ left, width }: Part) => left + width;
const bottomOf = ({ top, height }: Part) => top + height;
