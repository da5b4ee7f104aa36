/** Fonts with Japanese before those without, on Linux, macOS and Windows. */
export const FONTS = "Noto Sans CJK JP, Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, DejaVu Sans, Arial, sans-serif";

/** Text as it may stand in an SVG. */
export const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
