/** Whose fault a failure is: the configuration's author, the machine and its network, or ours. */
export type Fault = "config" | "environment" | "bug";

interface CodeInfo {
  readonly fault: Fault;
  /** One line for the README's table. */
  readonly meaning: string;
}

/** Every error code of the product; the README's table is generated from it. */
export const ERROR_CODES = {
  CONFIG_INVALID: { fault: "config", meaning: "A configuration file has a wrong key, value or YAML syntax." },
  CONFIG_NOT_FOUND: { fault: "config", meaning: "The configuration file does not exist or cannot be read." },
  USAGE: { fault: "config", meaning: "The command line is wrong." },
  VIDEO_NOT_FOUND: { fault: "config", meaning: "The video file or device does not exist." },
  VIDEO_UNREADABLE: { fault: "config", meaning: "The video file is corrupt or holds no picture." },
  TRACKS_INVALID: { fault: "config", meaning: "A detections or tracks file is not MOTChallenge CSV." },
  MODEL_NOT_FOUND: { fault: "config", meaning: "No such model name or file." },
  MODEL_INVALID: {
    fault: "config",
    meaning:
      "The model file is not ONNX, has inputs or outputs that no family reads, or gives numbers that cannot be right.",
  },
  MODEL_BUILD_FAILED: { fault: "environment", meaning: "The bundled model could not be fetched or converted." },
  MODEL_FETCH_FAILED: {
    fault: "environment",
    meaning: "A model could not be fetched from its address, or what came is not that model.",
  },
  FFMPEG_NOT_FOUND: { fault: "environment", meaning: "No ffmpeg on this machine." },
  OPENCV_NOT_BUILT: {
    fault: "config",
    meaning: "A camera asks for the driver opencv, which is not built on this machine.",
  },
  CAMERA_LOST: { fault: "environment", meaning: "The camera stopped sending pictures." },
  SAMPLE_UNAVAILABLE: { fault: "environment", meaning: "The sample video could not be fetched." },
  PORT_IN_USE: { fault: "environment", meaning: "Another process listens on the port." },
  DISK_FULL: { fault: "environment", meaning: "The disk is full." },
  DISK_UNWRITABLE: { fault: "environment", meaning: "The data folder is read-only or not ours." },
  FILE_TOO_LARGE: { fault: "environment", meaning: "A file has reached the limit of its size." },
  DISK_FAILED: { fault: "environment", meaning: "The disk cannot be read or written." },
  OUT_OF_MEMORY: { fault: "environment", meaning: "There is not enough memory." },
  TOO_MANY_FILES: { fault: "environment", meaning: "This process may not open any more files." },
  STORE_LOCKED: { fault: "environment", meaning: "Another process has the data folder open." },
  STORE_CORRUPT: { fault: "environment", meaning: "A file of the data folder is damaged." },
  BROKER_REFUSED: { fault: "config", meaning: "The broker does not accept this device's name or token." },
  BROKER_UNREACHABLE: { fault: "environment", meaning: "The broker does not answer." },
  BUS_UNREACHABLE: {
    fault: "environment",
    meaning: "The bus, such as Pub/Sub, does not answer or refuses this process.",
  },
  WAREHOUSE_UNREACHABLE: { fault: "environment", meaning: "The warehouse, such as BigQuery, does not answer." },
  WAREHOUSE_REFUSED: {
    fault: "config",
    meaning: "The warehouse refuses this process: a name, a right, a credential or the shape of a table is wrong.",
  },
  INTERNAL: { fault: "bug", meaning: "A fault of ours; please report it with the log." },
} as const satisfies Record<string, CodeInfo>;

export type ErrorCode = keyof typeof ERROR_CODES;
