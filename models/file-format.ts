const HEAD_BYTES = 64;

/** How files begin that are often taken for a model; text is compared without case and leading blanks. */
const FORMATS = [
  { at: 0, begin: "<!doctype", what: "a web page (the download was probably refused)" },
  { at: 0, begin: "<html", what: "a web page (the download was probably refused)" },
  { at: 0, begin: "version https://git-lfs", what: "a Git LFS pointer (fetch the file itself with git lfs pull)" },
  { at: 0, begin: "<?xml", what: "XML, perhaps an OpenVINO model (name the ONNX file that it was made from)" },
  { at: 0, begin: "{", what: "JSON (name the ONNX file)" },
  { at: 0, begin: "pk\x03\x04", what: "a ZIP archive, perhaps PyTorch weights (export them to ONNX)" },
  { at: 0, begin: "\x1f\x8b", what: "a gzip archive (unpack it)" },
  { at: 1, begin: "hdf", what: "a Keras model (convert it to ONNX)" },
  { at: 4, begin: "tfl3", what: "a TensorFlow Lite model (convert it to ONNX)" },
  { at: 0, begin: "\0", what: "a file of zeros (copy it again)" },
] as const;

/** What a file that is not ONNX seems to be; undefined when nothing speaks against ONNX. */
export function describeFormat(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1").trimStart().toLowerCase();
  return FORMATS.find(({ at, begin }) => head.startsWith(begin, at))?.what;
}
