import { safeText } from "../../../firmware-config/kit/safe-text.ts";

/** Fonts with Japanese before those without, on Linux, macOS and Windows. */
export const FONTS = "Noto Sans CJK JP, Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, DejaVu Sans, Arial, sans-serif";

/** No character of XML 1.0, whatever is written for it. */
const NO_XML = /[\p{Cs}\uFFFE\uFFFF]/gu;

/** Text of any origin as it may stand in an SVG: one control character would make the whole picture unreadable. */
export const escaped = (text: string) =>
  safeText(text)
    .replace(NO_XML, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
