import { AppError } from "../../../firmware-config/kit/errors.ts";

/** A member that somebody brought does not do; the others forecast without it. */
export class OptionalMemberFault extends AppError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: "USAGE",
      hint: "What a model must take and give stands in cloud-ingest/forecast/README.md, ONNX.",
      cause,
    });
  }
}
